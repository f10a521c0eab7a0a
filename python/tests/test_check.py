# SPDX-License-Identifier: MIT OR Apache-2.0
"""The checked mode: what it takes and refuses."""

import alkompy
import pytest
from conftest import message

def test_what_cannot_be_checked_is_refused(dev):
    if dev.info.backend != "reference":
        with pytest.raises(NotImplementedError) as error:
            alkompy.Device(dev.info.index, check=True)
        assert "check is set" in message(error) and "the reference device can" in message(error)
    for wrong in (1, "races", {"races": False}, []):
        with pytest.raises(TypeError) as error:
            alkompy.Device("reference", check=wrong)
        assert "it takes True, False or a CheckOptions" in message(error)
    with pytest.raises(TypeError):
        alkompy.CheckOptions(rases=False)
    with pytest.raises(ValueError, match="subgroup_size is 3; it takes powers of two up to 64"):
        alkompy.Device("reference", check=alkompy.CheckOptions(subgroup_size=3))
    with pytest.raises(ValueError, match="per_place is 0"):
        alkompy.Device("reference", check=alkompy.CheckOptions(per_place=0))
    with pytest.raises(ValueError, match="check is not set"):
        alkompy.Device("reference", on_fault=print)
    with pytest.raises(TypeError, match="on_fault is 3, which cannot be called"):
        alkompy.Device("reference", check=True, on_fault=3)


def test_options_keep_what_they_are_given():
    options = alkompy.CheckOptions(races=False, step_limit=10, order_seed=2**63, trace=[1, 2, 3])
    assert (options.races, options.bounds, options.step_limit, options.order_seed) == (False, True, 10, 2**63)
    assert options.trace == (1, 2, 3) and alkompy.CheckOptions().trace is None
