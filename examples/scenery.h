// SPDX-License-Identifier: MIT OR Apache-2.0
// A picture with what photographs have (gradients, texture, edges, grain): hills under a low sun.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace scenery_parts {

/// A fixed pseudorandom number in [0, 1) for a lattice point.
inline double lattice(int x, int y) {
    auto h = static_cast<std::uint32_t>(x) * 0x8da6b343U ^ static_cast<std::uint32_t>(y) * 0xd8163841U;
    h = (h ^ h >> 15) * 0x2c1b3c6dU;
    h = (h ^ h >> 12) * 0x297a2d39U;
    return (h ^ h >> 15) / 4294967296.0;
}

/// Smooth noise between lattice points, summed over octaves.
inline double noise(double x, double y, int octaves) {
    double sum = 0, amplitude = 0.5;
    for (int i = 0; i < octaves; ++i, x *= 2, y *= 2, amplitude /= 2) {
        const int left = static_cast<int>(std::floor(x)), top = static_cast<int>(std::floor(y));
        double u = x - left, v = y - top;
        u = u * u * (3 - 2 * u);
        v = v * v * (3 - 2 * v);
        const double upper = lattice(left, top) * (1 - u) + lattice(left + 1, top) * u;
        const double lower = lattice(left, top + 1) * (1 - u) + lattice(left + 1, top + 1) * u;
        sum += amplitude * (upper * (1 - v) + lower * v);
    }
    return sum;
}

}  // namespace scenery_parts

/// RGBA pixels, rows from the top, red in the lowest byte.
inline std::vector<std::uint32_t> scenery(int width, int height) {
    using scenery_parts::noise;
    std::vector<std::uint32_t> pixels;
    for (int row = 0; row < height; ++row) {
        for (int column = 0; column < width; ++column) {
            const double x = static_cast<double>(column) / height, y = static_cast<double>(row) / height;
            const double sun = std::hypot(x - 1.05, y - 0.38);
            const double cloud = std::clamp(2.5 * noise(2 * x, 7 * y, 5) - 1.0, 0.0, 1.0);
            double color[3] = {0.35 + 0.6 * y + 0.3 * std::exp(-6 * sun), 0.45 + 0.4 * y + 0.2 * std::exp(-8 * sun),
                               0.75 + 0.05 * y};
            for (double& channel : color) channel += 0.5 * cloud * (1 - channel);
            if (sun < 0.05) color[0] = color[1] = 1, color[2] = 0.85;
            for (int hill = 0; hill < 4; ++hill) {
                const double ridge = 0.45 + 0.13 * hill - 0.35 * noise(1.7 * x + 9 * hill, 3.0 * hill, 6) + 0.1;
                if (y < ridge) continue;
                const double haze = 0.75 - 0.22 * hill, texture = 0.6 + 0.8 * noise(40 * x, 40 * (y - ridge), 4);
                color[0] = haze * 0.62 + (1 - haze) * 0.20 * texture;
                color[1] = haze * 0.66 + (1 - haze) * 0.34 * texture;
                color[2] = haze * 0.75 + (1 - haze) * 0.12 * texture;
            }
            std::uint32_t pixel = 0xff000000U;
            for (int c = 0; c < 3; ++c) {
                const double grain = 0.03 * (scenery_parts::lattice(3 * column + c, row + 7919) - 0.5);
                pixel |= static_cast<std::uint32_t>(std::lround(255 * std::clamp(color[c] + grain, 0.0, 1.0)))
                         << (8 * c);
            }
            pixels.push_back(pixel);
        }
    }
    return pixels;
}
