"""A plugin for pytest: of the tests collected only those that use hypothesis.

Some are decorated with `given`; others decorate a function of their own with it, or
call a helper that does.
"""

import hypothesis


def _functions(function, owner, seen):
    """The code of a function, of those inside it and of those that it calls."""
    function = getattr(function, "__wrapped__", function)
    code = getattr(function, "__code__", None)
    if code is None or code in seen:
        return
    seen.add(code)
    known = getattr(function, "__globals__", {})
    waiting = [code]
    while waiting:
        code = waiting.pop()
        yield code, known
        waiting += [found for found in code.co_consts if hasattr(found, "co_names")]
        for name in code.co_names:
            yield from _functions(getattr(owner, name, known.get(name)), owner, seen)


def _is_property(item):
    test = getattr(item, "obj", None)
    if test is None:
        return False
    if hypothesis.is_hypothesis_test(test):
        return True
    function = getattr(test, "__func__", test)
    return any(
        known.get(name) is hypothesis.given
        for code, known in _functions(function, item.cls, set())
        for name in code.co_names
    )


def pytest_collection_modifyitems(config, items):
    """Leave out every test that draws no examples."""
    wanted = [item for item in items if _is_property(item)]
    kept = set(wanted)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = wanted
