// Student's t distribution with 2, 4 and 8 degrees of freedom, whose sums have closed forms.

/** Number of shapes; shape 0 has the heaviest tails. */
export const SHAPES = 3;

/** P(X ≤ x) of shape 0 … SHAPES − 1 (Abramowitz & Stegun 1964, 26.7.4). */
export function studentCdf(x: number, shape: number): number {
  const degrees = 2 << shape;
  const c = 1 / (1 + (x * x) / degrees); // cos² θ, where tan θ = x / √ν
  const sine = x * Math.sqrt(c / degrees);
  if (shape === 0) return 0.5 + 0.5 * sine;
  if (shape === 1) return 0.5 + 0.5 * sine * (1 + 0.5 * c);
  return 0.5 + 0.5 * sine * (1 + c * (0.5 + c * (0.375 + c * 0.3125)));
}

/** P(from < X ≤ to), accurate also where both ends lie in the same tail. */
export function studentMass(from: number, to: number, shape: number): number {
  if (from > 0) return studentMass(-to, -from, shape);
  return studentCdf(to, shape) - studentCdf(from, shape);
}
