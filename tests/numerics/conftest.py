from r_goldens import cases_of


def pytest_generate_tests(metafunc):
    """Give a test marked ``golden`` the golden cases of its groups, one by one."""
    if "case" in metafunc.fixturenames:
        cases = cases_of(*metafunc.function.golden)
        metafunc.parametrize("case", cases, ids=[case["id"] for case in cases])
