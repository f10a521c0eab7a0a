// SPDX-License-Identifier: MIT OR Apache-2.0
// The one function that wgpu-native takes from Windows' bcryptprimitives.dll, which Wine 8 does not have.
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <ntsecapi.h>

extern "C" __declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size_bytes) {
    constexpr SIZE_T kMost = 1u << 30;
    for (SIZE_T done = 0; done < size_bytes; done += kMost) {
        const SIZE_T part = size_bytes - done < kMost ? size_bytes - done : kMost;
        if (!RtlGenRandom(data + done, static_cast<ULONG>(part))) return FALSE;
    }
    return TRUE;
}
