// Saying what has to hold.

export function expect(holds, what, found) {
  if (!holds) throw new Error(`expected ${what}${found === undefined ? '' : `, found ${JSON.stringify(found)}`}`);
}

export function expectSame(found, wanted, what) {
  expect(JSON.stringify(found) === JSON.stringify(wanted), `${what} to be ${JSON.stringify(wanted)}`, found);
}

/** Asks again until it holds. */
export async function eventually(question, what, limit = 10_000) {
  const until = Date.now() + limit;
  let answer;
  do {
    answer = await question();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  } while (Date.now() < until);
  throw new Error(`expected ${what} within ${limit / 1000} s, last saw ${JSON.stringify(answer)}`);
}
