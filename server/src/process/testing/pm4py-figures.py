"""Prints what PM4Py computes of a log, as JSON: the figures our tests and benchmark compare with.

usage: pm4py-figures.py FILE [CASE ACTIVITY TIME]   (column names for CSV)
"""
import json
import resource
import sys
import time
import warnings

warnings.filterwarnings("ignore")
import pandas  # noqa: E402
import pm4py  # noqa: E402

CASE, ACTIVITY, TIME = "case:concept:name", "concept:name", "time:timestamp"


def read(path, names):
    if ".xes" in path:
        return pm4py.read_xes(path)
    table = pandas.read_csv(path)
    case, activity, moment = names or (CASE, ACTIVITY, TIME)
    table[moment] = pandas.to_datetime(table[moment], utc=True, format="mixed")
    return table.rename(columns={case: CASE, activity: ACTIVITY, moment: TIME})


def main(path, *names):
    began = time.perf_counter()
    log = read(path, names)
    read_at = time.perf_counter()
    log = pm4py.format_dataframe(log, case_id=CASE, activity_key=ACTIVITY, timestamp_key=TIME)
    formatted_at = time.perf_counter()
    follows, start, end = pm4py.discover_dfg(log)
    times, _, _ = pm4py.discover_performance_dfg(log)
    variants = pm4py.get_variants(log)
    durations = pandas.Series(pm4py.get_all_case_durations(log))
    discovered_at = time.perf_counter()
    print(json.dumps({
        "version": pm4py.__version__,
        "cases": int(log[CASE].nunique()),
        "events": len(log),
        "edges": sorted(
            [a, b, int(n), *(round(float(times[(a, b)][k]), 6) for k in ("min", "mean", "median", "max", "sum"))]
            for (a, b), n in follows.items()
        ),
        "start": sorted([a, int(n)] for a, n in start.items()),
        "end": sorted([a, int(n)] for a, n in end.items()),
        "variants": sorted([list(v), int(n)] for v, n in variants.items()),
        "duration": {
            "median_s": round(float(durations.median()), 6),
            "mean_s": round(float(durations.mean()), 6),
            "max_s": round(float(durations.max()), 6),
            "p90_s": round(float(durations.quantile(0.9)), 6),
        },
        "seconds": {
            "read": read_at - began,
            "format": formatted_at - read_at,
            "discover": discovered_at - formatted_at,
        },
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }, ensure_ascii=False))


main(*sys.argv[1:])
