"""Power of classic tests, and sizes of samples."""

from __future__ import annotations

from handle_classic import number
from r_interpreter import handles
from r_language import NotUnderstood
from r_search import COARSE, searched
from r_values import scalar

from cxsurvey.numerics.classic.power import mean_power, mean_sample_size, share_power, share_sample_size


@handles("power.prop.test", "n", "p1", "p2", "sig.level", "power")
def power_prop_test(args):
    p1, p2 = number(args, "p1", None), number(args, "p2", None)
    level = 1 - number(args, "sig.level", 0.05)
    if p1 is None or p2 is None:
        raise NotUnderstood("power.prop.test for a share")
    if args.get("n") is None:
        power = number(args, "power", None)
        solved = float(share_sample_size(p1, p2, power=power, level=level))
        found = searched(lambda n: float(share_power(p1, p2, n, n, level=level)) - power, 1.0, 1e7)
        n = found if abs(found - solved) <= COARSE else solved
        return {"n": n, "power": power, "p1": p1, "p2": p2}
    n = number(args, "n", None)
    return {"n": n, "power": share_power(p1, p2, n, n, level=level), "p1": p1, "p2": p2}


@handles("power.t.test", "n", "delta", "sd", "sig.level", "power", "type")
def power_t_test(args):
    if "delta" not in args or ("type" in args and scalar(args["type"]) != "two.sample"):
        raise NotUnderstood("power.t.test for a difference, or of another type than two samples")
    effect = number(args, "delta", None) / number(args, "sd", 1.0)
    level = 1 - number(args, "sig.level", 0.05)
    if args.get("n") is None:
        power = number(args, "power", None)
        solved = float(mean_sample_size(effect, power=power, level=level))
        found = searched(lambda n: float(mean_power(effect, n, n, level=level)) - power, 2.0, 1e7)
        return {"n": found if abs(found - solved) <= COARSE else solved, "power": power}
    n = number(args, "n", None)
    return {"n": n, "power": mean_power(effect, n, n, level=level)}
