#!/usr/bin/env python3
"""Labels many paths, hard links of a few photographs, and prints the rate at the start and at the end, processor time and memory:
tests/benchmarks/million_paths.py --images FOLDER [--count 1000000] [--photographs 1000] [--embed] [--keep] [-- OPTIONS OF label]
Links and cache lie in a folder of their own beside FOLDER or below --work, and go afterwards."""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def link(arguments, work):
    names = sorted(os.listdir(arguments.images))[: arguments.photographs]
    for number in range((arguments.count + len(names) - 1) // len(names)):
        folder = work / "links" / f"{number:04d}"
        folder.mkdir(parents=True)
        for name in names[: arguments.count - number * len(names)]:
            os.link(os.path.join(arguments.images, name), folder / name)


def sample(pid, output):
    """Seconds of processor time, bytes of output, resident bytes; none when the process is gone."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    ticks = os.sysconf("SC_CLK_TCK")
    size = output.stat().st_size if output.exists() else 0
    return (int(fields[11]) + int(fields[12])) / ticks, size


def run(command, output, environment, count, what):
    begin = time.monotonic()
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    samples = []
    peak = 0
    while process.poll() is None:
        now = sample(process.pid, output)
        try:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            peak = max([peak] + [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")])
        except (FileNotFoundError, ProcessLookupError):
            pass
        if now:
            samples.append((time.monotonic() - begin, *now))
        time.sleep(0.2)
    seconds = time.monotonic() - begin
    print(f"{what}: {count:,} paths in {seconds:.1f} s, {samples[-1][1]:.1f} s of processor time, peak {peak / 1024:.0f} MB, "
          f"exit {process.returncode}", flush=True)
    whole = samples[-1][2]
    for name, low, high in (("first tenth", 0.02, 0.12), ("last tenth", 0.88, 0.98)):
        part = [one for one in samples if low * whole <= one[2] <= high * whole]
        if len(part) > 1 and part[-1][1] > part[0][1]:
            share = (part[-1][2] - part[0][2]) / whole * count
            print(f"  {name}: {share / (part[-1][0] - part[0][0]):,.0f} a second, "
                  f"{share / (part[-1][1] - part[0][1]):,.0f} a second of processor time", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", required=True)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--photographs", type=int, default=1000)
    parser.add_argument("--work", default=None, help="on the file system of --images")
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/diagonal-cli"))
    parser.add_argument("--embed", action="store_true", help="embed to .npy as well")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("options", nargs="*", default=["--label", "red circle", "--label", "blue square"])
    arguments = parser.parse_args()
    work = pathlib.Path(arguments.work or os.path.dirname(os.path.abspath(arguments.images))) / "million-paths"
    shutil.rmtree(work, ignore_errors=True) if not arguments.keep else None
    try:
        if not (work / "links").exists():
            link(arguments, work)
        environment = os.environ | {"DIAGONAL_EMBEDDING_CACHE": str(work / "cache")}
        links = str(work / "links")
        for what in ("first run", "second run, from the cache"):
            output = work / "out.jsonl"
            output.unlink(missing_ok=True)
            command = [arguments.program, "label", links, "--model", "demo", *arguments.options, "--out", str(output), "-q"]
            run(command, output, environment, arguments.count, what)
        if arguments.embed:
            output = work / "out.npy"
            run([arguments.program, "embed", links, "--model", "demo", "--out", str(output), "-q"], output, environment,
                arguments.count, "embed, from the cache")
    finally:
        if not arguments.keep:
            shutil.rmtree(work, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
