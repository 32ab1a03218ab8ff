"""The locales of Amazon Lex V2, which the bots of app instances can have.

To renew the list, take the codes of the first table in AWS's page.
https://docs.aws.amazon.com/lexv2/latest/dg/how-languages.html
"""

from qchime.rules import inferred

OTHER_LOCALES = inferred(
    "chime.other-locales",
    "A bot whose locale is not in AWS's list for Amazon Lex V2 raises a BadRequestException. AWS extends "
    "the list from time to time; `accepted` accepts any locale.",
    sources=["https://docs.aws.amazon.com/lexv2/latest/dg/how-languages.html"],
    choices=["refused", "accepted"],
)

LOCALES = {
    "af_ZA",
    "ar_AE",
    "ar_SA",
    "bg_BG",
    "ca_ES",
    "cs_CZ",
    "cy_GB",
    "da_DK",
    "de_AT",
    "de_CH",
    "de_DE",
    "en_AB",
    "en_AU",
    "en_GB",
    "en_IE",
    "en_IN",
    "en_NZ",
    "en_US",
    "en_WL",
    "en_ZA",
    "es_419",
    "es_ES",
    "es_MX",
    "es_US",
    "et_ET",
    "fa_IR",
    "fi_FI",
    "fr_BE",
    "fr_CA",
    "fr_FR",
    "he_IL",
    "hi_IN",
    "hr_HR",
    "hu_HU",
    "id_ID",
    "is_IS",
    "it_IT",
    "ja_JP",
    "km_KH",
    "ko_KR",
    "lt_LT",
    "lv_LV",
    "ms_MY",
    "nl_BE",
    "nl_NL",
    "no_NO",
    "pl_PL",
    "pt_BR",
    "pt_PT",
    "sv_SE",
    "zh_CN",
    "zh_HK",
}
