// The controls of this worker's account, such as control("POST", "clock", { days: 7 }).
export async function control(method, route, body) {
  const { QCHIME_URL, AWS_ACCESS_KEY_ID } = process.env;
  const url = `${QCHIME_URL}/_qchime/accounts/${AWS_ACCESS_KEY_ID}/${route}`;
  const response = await fetch(url, { method, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}
