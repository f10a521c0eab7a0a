// SPDX-License-Identifier: MIT OR Apache-2.0
// compile_hlsl fxc|dxc FILE...: puts compute shaders of HLSL through one of Microsoft's compilers, FXC as cs_5_1 or DXC as
// cs_6_2 with 16-bit types. Says "taken NAME" or "refused NAME" for each, and what the compiler says of those it refuses.
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <d3dcompiler.h>
#include <unknwn.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

// The part of DXC's interface that is used here, which MinGW has no header for: the order of functions counts.
struct DxcBlob : IUnknown {
    virtual LPVOID STDMETHODCALLTYPE GetBufferPointer() = 0;
    virtual SIZE_T STDMETHODCALLTYPE GetBufferSize() = 0;
};
struct DxcResult : IUnknown {
    virtual HRESULT STDMETHODCALLTYPE GetStatus(HRESULT* status) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetResult(DxcBlob** result) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetErrorBuffer(DxcBlob** errors) = 0;
};
struct DxcText {
    LPCVOID text;
    SIZE_T size_bytes;
    UINT code_page;
};
struct DxcCompiler : IUnknown {
    virtual HRESULT STDMETHODCALLTYPE Compile(const DxcText* source, LPCWSTR* arguments, UINT32 count,
                                              IUnknown* includes, REFIID wanted, LPVOID* result) = 0;
};

constexpr GUID kDxcCompiler{0x73e22d93, 0xe6ce, 0x47f3, {0xb5, 0xbf, 0xf0, 0x66, 0x4f, 0x39, 0xc1, 0xb0}};
constexpr GUID kDxcCompiler3{0x228b4687, 0x5a6a, 0x4730, {0x90, 0x0c, 0x97, 0x02, 0xb2, 0x20, 0x3f, 0x54}};
constexpr GUID kDxcOperationResult{0xcedb484a, 0xd4e9, 0x445a, {0xb9, 0x91, 0xca, 0x21, 0xca, 0x15, 0x7d, 0xc2}};

template <class Function>
Function* find(const char* library, const char* name) {
    const HMODULE module = LoadLibraryA(library);
    const FARPROC found = module == nullptr ? nullptr : GetProcAddress(module, name);
    if (found == nullptr) throw std::runtime_error(std::string(library) + " has no " + name);
    return reinterpret_cast<Function*>(reinterpret_cast<void*>(found));
}

void check(HRESULT result, const char* what) {
    if (FAILED(result)) throw std::runtime_error(std::string(what) + " failed");
}

// Whether it is taken; else `said` has the reasons.
bool compile_fxc(const std::string& text, const std::string& entry, std::string& said) {
    static const auto compile = find<decltype(D3DCompile)>("d3dcompiler_47.dll", "D3DCompile");
    ID3DBlob* code = nullptr;
    ID3DBlob* errors = nullptr;
    const HRESULT result =
        compile(text.data(), text.size(), nullptr, nullptr, nullptr, entry.c_str(), "cs_5_1", 0, 0, &code, &errors);
    if (errors != nullptr) said.assign(static_cast<const char*>(errors->GetBufferPointer()), errors->GetBufferSize());
    return SUCCEEDED(result);
}

bool compile_dxc(const std::string& text, const std::string& entry, std::string& said) {
    using Create = HRESULT WINAPI(REFCLSID, REFIID, LPVOID*);
    static const auto create = find<Create>("dxcompiler.dll", "DxcCreateInstance");
    DxcCompiler* compiler = nullptr;
    check(create(kDxcCompiler, kDxcCompiler3, reinterpret_cast<LPVOID*>(&compiler)), "DxcCreateInstance");
    const std::wstring wide_entry(entry.begin(), entry.end());
    LPCWSTR arguments[] = {L"-E", wide_entry.c_str(), L"-T", L"cs_6_2", L"-enable-16bit-types", L"-HV", L"2018"};
    const DxcText source{text.data(), text.size(), CP_UTF8};
    DxcResult* result = nullptr;
    check(compiler->Compile(&source, arguments, std::size(arguments), nullptr, kDxcOperationResult,
                            reinterpret_cast<LPVOID*>(&result)),
          "Compile");
    HRESULT status = E_FAIL;
    DxcBlob* errors = nullptr;
    check(result->GetStatus(&status), "GetStatus");
    if (SUCCEEDED(result->GetErrorBuffer(&errors)) && errors != nullptr)
        said.assign(static_cast<const char*>(errors->GetBufferPointer()), errors->GetBufferSize());
    return SUCCEEDED(status);
}

// The name of the function behind [numthreads(...)].
std::string entry_of(const std::string& text) {
    constexpr std::string_view kBefore = "void ";
    const std::size_t from = text.find(kBefore, text.find("[numthreads("));
    if (from == std::string::npos) throw std::runtime_error("there is no entry point");
    const std::size_t begin = from + kBefore.size();
    return text.substr(begin, text.find('(', begin) - begin);
}

std::string read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("it cannot be read");
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view which = argc > 2 ? argv[1] : "";
    if (which != "fxc" && which != "dxc") {
        std::fputs("usage: compile_hlsl fxc|dxc FILE...\n", stderr);
        return 2;
    }
    for (int i = 2; i < argc; ++i) {
        const std::filesystem::path path(argv[i]);
        try {
            const std::string text = read(path);
            const std::string entry = entry_of(text);
            std::string said;
            const bool taken = which == "fxc" ? compile_fxc(text, entry, said) : compile_dxc(text, entry, said);
            std::printf("%s %s\n", taken ? "taken" : "refused", path.stem().string().c_str());
            if (!taken) std::fprintf(stderr, "%s: %s\n", path.string().c_str(), said.c_str());
        } catch (const std::exception& error) {
            std::fprintf(stderr, "%s: %s\n", path.string().c_str(), error.what());
            return 1;
        }
    }
    return 0;
}
