/** P(X ≤ x) of Student's t with four degrees of freedom (Abramowitz & Stegun 1964, 26.7.4). */
export function studentCdf(x: number): number {
  const c = 1 / (1 + (x * x) / 4); // cos² θ, where tan θ = x / 2
  return 0.5 + 0.25 * x * Math.sqrt(c) * (1 + 0.5 * c);
}
