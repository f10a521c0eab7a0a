# SPDX-License-Identifier: MIT OR Apache-2.0
"""The package: its names, docstrings and stubs, and the examples."""

import ast
import inspect
import pathlib
import subprocess
import sys

import alkompy
import pytest

FOLDER = pathlib.Path(alkompy.__file__).parent
MODULE_FOLDER = pathlib.Path(sys.modules["alkompy._alkompy"].__file__).parent
ROOT = pathlib.Path(__file__).parents[2]
EXAMPLES = sorted(path for path in (ROOT / "examples").glob("*.py") if path.name != "png.py")


def stub():
    return ast.parse((MODULE_FOLDER / "_alkompy.pyi").read_text())


def test_every_public_name_is_in_the_stub():
    names = {node.name for node in stub().body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
    names |= {node.target.id for node in stub().body if isinstance(node, ast.AnnAssign)}
    assert set(alkompy.__all__) - names == {"__version__"}  # there it is called version
    assert (FOLDER / "py.typed").exists()


def test_every_member_is_in_the_stub():
    classes = {node.name: node for node in stub().body if isinstance(node, ast.ClassDef)}
    for name in alkompy.__all__:
        thing = getattr(alkompy, name)
        if not inspect.isclass(thing) or issubclass(thing, Exception):
            continue
        members = {node.name for node in classes[name].body if isinstance(node, ast.FunctionDef)}
        assert {member for member in vars(thing) if not member.startswith("_")} - members == set(), name


def test_everything_has_a_docstring():
    for name in alkompy.__all__:
        thing = getattr(alkompy, name)
        if name == "__version__":
            continue
        assert inspect.getdoc(thing), name
        if inspect.isclass(thing) and not issubclass(thing, Exception):
            for member, value in vars(thing).items():
                if not member.startswith("_"):
                    assert inspect.getdoc(value), f"{name}.{member}"


def test_the_version_is_the_headers():
    header = (ROOT / "include" / "alkomp" / "version.h").read_text()
    assert f'#define ALKOMP_VERSION "{alkompy.__version__}"' in header


def test_a_typed_program_passes_mypy(tmp_path):
    pytest.importorskip("mypy")
    if MODULE_FOLDER != FOLDER:
        pytest.skip("an editable install keeps the stub where mypy does not look")
    program = tmp_path / "program.py"
    program.write_text("""
import alkompy
import numpy as np

async def read(dev: alkompy.Device, data: alkompy.Buffer) -> np.ndarray:
    return await dev.get_async(data)

def main() -> None:
    with alkompy.Device("llvmpipe", robust=True) as dev:
        data: alkompy.Buffer = dev.to_device(np.arange(4), label="data")
        kernel: alkompy.Kernel = dev.compile(alkompy.glsl_file("a.comp"), constants={"N": 4}, include_dirs=["x"])
        dev.call(kernel, data[1:], 2.0, groups=(1, 2), alpha=3)
        dev.run("main", alkompy.compile_glsl("x"), (4, 1, 1), [data], alpha=1.0)
        result: np.ndarray = dev.get(data, timeout=None)
        shape: tuple[int, ...] = data.shape
        graph = dev.create_graph()
        graph.call(kernel, alkompy.slot("x", data))
        try:
            dev.wait(1.5)
        except alkompy.Error as error:
            code: str = error.code
""")
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(program)], capture_output=True,
                          text=True, timeout=300, cwd=tmp_path)
    assert done.stdout.replace(str(program), "") == "" and done.returncode == 0, done.stdout + done.stderr
    program.write_text("import alkompy\nalkompy.Device().get(3)\n")
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", str(program)], capture_output=True, text=True, timeout=300,
                          cwd=tmp_path)
    assert "arg-type" in done.stdout


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_right(example, tmp_path, capfd):
    done = subprocess.run([sys.executable, str(example)], capture_output=True, text=True, timeout=300, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("right")
    assert len(example.read_text().splitlines()) < 100
