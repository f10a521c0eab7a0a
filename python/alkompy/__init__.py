# SPDX-License-Identifier: MIT OR Apache-2.0
"""Run the same compute kernels on every GPU, with NumPy arrays in and out.

    import alkompy, numpy as np

    dev = alkompy.Device()
    data = dev.to_device(np.arange(8, dtype=np.float32))
    kernel = dev.compile(alkompy.glsl_file("double.comp"))
    dev.call(kernel, data, 2.0)
    print(dev.get(data))
"""

from ._alkompy import (
    Buffer,
    CheckOptions,
    CompileFailedError,
    CooperativeMatrix,
    Device,
    DeviceInfo,
    DeviceLostError,
    Error,
    Event,
    Fault,
    FaultSide,
    Features,
    Future,
    Graph,
    Guarantees,
    InternalError,
    InvalidArgumentError,
    Kernel,
    KernelFaultError,
    Limits,
    MemoryStatistics,
    OutOfMemoryError,
    Profiling,
    Shader,
    Slot,
    Source,
    SourcePlace,
    Stream,
    SubgroupFeatures,
    TimedOutError,
    TraceStep,
    UnsupportedError,
    compile_glsl,
    glsl,
    glsl_file,
    query,
    set_log,
    slot,
    spirv,
    spirv_file,
    wgsl,
    wgsl_file,
)
from ._alkompy import version as __version__
from ._webgpu import tell_where_wgpu_native_is

__all__ = [
    "Buffer",
    "CheckOptions",
    "CompileFailedError",
    "CooperativeMatrix",
    "Device",
    "DeviceInfo",
    "DeviceLostError",
    "Error",
    "Event",
    "Fault",
    "FaultSide",
    "Features",
    "Future",
    "Graph",
    "Guarantees",
    "InternalError",
    "InvalidArgumentError",
    "Kernel",
    "KernelFaultError",
    "Limits",
    "MemoryStatistics",
    "OutOfMemoryError",
    "Profiling",
    "Shader",
    "Slot",
    "Source",
    "SourcePlace",
    "Stream",
    "SubgroupFeatures",
    "TimedOutError",
    "TraceStep",
    "UnsupportedError",
    "__version__",
    "compile_glsl",
    "glsl",
    "glsl_file",
    "query",
    "set_log",
    "slot",
    "spirv",
    "spirv_file",
    "wgsl",
    "wgsl_file",
]

# Messages and help() name things by where users import them from.
for _name in __all__:
    _object = globals()[_name]
    if isinstance(_object, type):
        _object.__module__ = __name__
del _name, _object

tell_where_wgpu_native_is()
del tell_where_wgpu_native_is
