"""`make bench`: measures every budget, prints a table, writes docs/performance.md, fails if one is missed."""

import sys
from pathlib import Path

from benchmarks import growth, memory, sessions
from benchmarks.budgets import BUDGETS
from benchmarks.page import HEADINGS, kept_row, page, row
from benchmarks.sections import write_rest

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"


def main() -> int:
    """Run everything, and return the exit code."""
    print(" | ".join(HEADINGS))
    rows, all_kept = [], True
    for budget in BUDGETS:
        measure = budget.measure()
        rows.append(row(budget, measure))
        print(" | ".join(rows[-1]), flush=True)
        all_kept = all_kept and budget.is_kept(measure.ratio)
    kept = memory.measure()
    for one in kept:
        print(" | ".join(kept_row(one)), flush=True)
        all_kept = all_kept and one.is_kept
    curves = [measure_curve() for measure_curve in growth.CURVES]
    write_rest(PAGE, sessions.HEADING, page(rows, kept, curves))
    print(f"Written to {PAGE.relative_to(Path.cwd())}." if all_kept else "A budget is missed.")
    return 0 if all_kept else 1


if __name__ == "__main__":
    sys.exit(main())
