# SPDX-License-Identifier: MIT OR Apache-2.0
# A program of the first alkomp, unchanged but for its last line.
import alkompy
import numpy as np

arr = np.array(range(1,5), dtype=np.uint32)
dev = alkompy.Device(0)
data_gpu = dev.to_device(arr)
code = """
    #version 450
    layout(local_size_x = 1) in;

    layout(set = 0, binding = 0) buffer PrimeIndices {
        uint[] indices;
    };

    uint collatz_iterations(uint n) {
        uint i = 0;
        while(n != 1) {
            if (mod(n, 2) == 0) {
                n = n / 2;
            }
            else {
                n = (3 * n) + 1;
            }
            i++;
        }
        return i;
    }

    void main() {
        uint index = gl_GlobalInvocationID.x;
        indices[index] = collatz_iterations(indices[index]);
    }"""
shader = alkompy.compile_glsl(code)
dev.run("main", shader, (len(arr), 1, 1), [data_gpu])
result = dev.get(data_gpu)
assert((result == np.array([0, 1, 7, 2])).all())
print("right: the steps to 1 from", arr, "are", result)
