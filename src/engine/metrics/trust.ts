/** The residual of sum_j m_{t,j} = 1 above which a dependence is doubted. */
export const trustedResidual = 1e-2;

/** Whether the shares of a dependence add up as they must. */
export function isTrusted({ residual }: { residual: number }): boolean {
  return residual <= trustedResidual;
}
