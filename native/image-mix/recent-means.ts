// Running means of observations in each of several classes, with less weight on older observations.
// A class has its sum and its count.

/** Bytes of a class. */
export const CLASS: usize = 16;
/** When the count of a class reaches this, its count and sum are halved. */
const MAX_COUNT: f64 = 256;

/** Every class starts as if `mean` had been observed `count` times. */
export function startMeans(at: usize, classes: usize, mean: f64, count: f64): void {
  for (const end = at + CLASS * classes; at < end; at += CLASS) {
    store<f64>(at, mean * count);
    store<f64>(at, count, 8);
  }
}

/** The mean of the class at `at`. */
// @ts-ignore: decorator
@inline
export function meanOf(at: usize): f64 {
  return load<f64>(at) / load<f64>(at, 8);
}

export function observeMean(at: usize, value: f64): void {
  let sum = load<f64>(at) + value;
  let count = load<f64>(at, 8) + 1;
  if (count >= MAX_COUNT) {
    sum /= 2;
    count /= 2;
  }
  store<f64>(at, sum);
  store<f64>(at, count, 8);
}
