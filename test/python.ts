import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

/** A Python that has PyTorch; undefined where there is none. */
export const python = ['/usr/bin/python3', 'python3'].find((program) => {
  try {
    execFileSync(program, ['-c', 'import torch'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

/** As from a shell, but in one process: loading PyTorch takes longer than all the rest. */
const runAll = `
import contextlib, io, json, runpy, sys, traceback
results = []
for program, *words in json.loads(sys.argv[1]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = runpy.run_path(program)["main"](*words)
        except SystemExit as end:
            code = end.code
        except BaseException:
            traceback.print_exc()
            code = 1
    results.append({"code": code, "stdout": out.getvalue(), "stderr": err.getvalue()})
print(json.dumps(results))
`;

/** Runs exported programs one after the other. @param calls path and words of each */
export async function runPrograms(
  calls: readonly (readonly string[])[],
): Promise<{ code: number; stdout: string; stderr: string }[]> {
  const { stdout } = await promisify(execFile)(python as string, ['-c', runAll, JSON.stringify(calls)]);
  return JSON.parse(stdout);
}
