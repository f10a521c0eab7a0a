// SPDX-License-Identifier: MIT OR Apache-2.0
// Finds the kernels of the corpus, reads their heads, fills their buffers.
#include "corpus/kernel_file.h"

#include "corpus/assemble.h"
#include "ir/literal.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <fstream>
#include <optional>
#include <random>
#include <stdexcept>
#include <tuple>

namespace alkomp::testing {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

/// One head, line by line.
class HeadReader {
public:
    explicit HeadReader(KernelFile& file) : file_(file) {}

    void read() {
        std::ifstream in(file_.path);
        const std::string mark = file_.is_assembly ? ";!" : "//!";
        for (std::string text; std::getline(in, text);) {
            ++line_;
            if (!text.starts_with(mark)) continue;
            words_ = words_in(std::string_view(text).substr(mark.size()));
            if (words_.empty()) fail("the line says nothing");
            read_line();
        }
        if (file_.buffers.empty()) fail("the head names no buffer");
    }

private:
    [[noreturn]] void fail(const std::string& sentence) const {
        throw std::runtime_error(file_.path.string() + ':' + std::to_string(line_) + ": " + sentence + '.');
    }
    [[nodiscard]] const std::string& word(std::size_t place) const {
        if (place >= words_.size()) fail("the line is too short");
        return words_[place];
    }
    [[nodiscard]] Words rest(std::size_t from) const {
        static_cast<void>(word(from));
        return {words_.begin() + static_cast<std::ptrdiff_t>(from), words_.end()};
    }
    [[nodiscard]] f64 real(const std::string& text) const {
        const std::optional<u64> bits = ir::read_scalar(Scalar::f64, text);
        if (!bits) fail('"' + text + "\" is no number");
        return std::bit_cast<f64>(*bits);
    }
    template <class T>
    [[nodiscard]] T number(const std::string& text) const {
        T value{};
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size()) fail('"' + text + "\" is no number");
        return value;
    }
    [[nodiscard]] std::vector<u64> values(Scalar scalar, std::size_t from) const {
        std::vector<u64> all;
        for (const std::string& text : rest(from)) {
            const std::optional<u64> bits = ir::read_scalar(scalar, text);
            if (!bits) fail('"' + text + "\" is no " + std::string(to_string(scalar)));
            all.push_back(*bits);
        }
        return all;
    }
    [[nodiscard]] ir::PlainType plain_type(std::string_view text) const {
        const std::optional<ir::PlainType> type = ir::read_plain_type(text);
        if (!type || type->scalar == Scalar::boolean) fail('"' + std::string(text) + "\" is no type");
        return *type;
    }
    /// "f32[64]"
    [[nodiscard]] std::pair<Scalar, u64> array_type(const std::string& text) const {
        const std::size_t bracket = text.find('[');
        if (bracket == std::string::npos || text.back() != ']') fail('"' + text + "\" is no TYPE[COUNT]");
        return {plain_type(text.substr(0, bracket)).scalar,
                number<u64>(text.substr(bracket + 1, text.size() - bracket - 2))};
    }
    [[nodiscard]] CorpusBuffer& buffer(const std::string& name) {
        for (CorpusBuffer& buffer : file_.buffers)
            if (buffer.name == name) return buffer;
        fail("there is no buffer \"" + name + "\" above");
    }

    void read_line() {
        const std::string& verb = word(0);
        if (verb == "needs") append(file_.needs, rest(1));
        else if (verb == "assumes") append(file_.assumed, rest(1));
        else if (verb == "matrix") read_matrix();
        else if (verb == "version") file_.spirv_version = word(1);
        else if (verb == "tools") file_.wants_newer_tools = word(1) == "newer";
        else if (verb == "buffer") read_buffer();
        else if (verb == "scalar") read_scalar();
        else if (verb == "constant") read_constant();
        else if (verb == "groups") read_groups();
        else if (verb == "near") read_near();
        else if (verb == "fails") read_failure();
        else if (verb == "refused") read_refusal();
        else if (verb == "faults") read_fault();
        else if (verb == "unordered") buffer(word(1)).is_unordered = true;
        else if (verb == "expect") read_expectation();
        else fail('"' + verb + "\" begins no line of a head");
    }
    static void append(Words& to, const Words& words) { to.insert(to.end(), words.begin(), words.end()); }
    void read_matrix() {
        std::string text = word(1);
        for (std::size_t i = 2; i <= 5; ++i) text += ' ' + word(i);
        file_.matrices.push_back(text);
    }
    void read_buffer() {
        CorpusBuffer buffer;
        buffer.name = word(1);
        std::tie(buffer.scalar, buffer.count) = array_type(word(2));
        using Fill = CorpusBuffer::Fill;
        const std::string& fill = word(3);
        if (fill == "zero") buffer.fill = Fill::zero;
        else if (fill == "index") buffer.fill = Fill::index;
        else if (fill == "bits") buffer.fill = Fill::bits;
        else if (fill == "random" || fill == "whole") {
            buffer.fill = fill == "random" ? Fill::random : Fill::whole;
            buffer.low = real(word(4));
            buffer.high = real(word(5));
            if (buffer.low > buffer.high) fail("the range is empty");
        } else if (fill == "values") {
            buffer.fill = Fill::values;
            buffer.values = values(buffer.scalar, 4);
        } else if (fill == "addresses") {
            buffer.fill = Fill::addresses;
            buffer.names = rest(4);
            if (buffer.scalar != Scalar::u64) fail("addresses are u64");
        } else {
            fail('"' + fill + "\" fills no buffer");
        }
        file_.buffers.push_back(std::move(buffer));
    }
    void read_scalar() {
        CorpusScalar scalar;
        scalar.name = word(1);
        scalar.is_record = word(2).find('[') != std::string::npos;
        if (scalar.is_record) {
            u64 count = 0;
            std::tie(scalar.scalar, count) = array_type(word(2));
            scalar.lanes = static_cast<u32>(count);
        } else {
            const ir::PlainType type = plain_type(word(2));
            scalar.scalar = type.scalar;
            scalar.lanes = type.lanes;
        }
        scalar.values = values(scalar.scalar, 3);
        if (scalar.values.size() != scalar.lanes) fail(std::to_string(scalar.lanes) + " values are wanted");
        file_.scalars.push_back(std::move(scalar));
    }
    void read_constant() {
        static_cast<void>(number<u32>(word(1)));
        const std::string& text = word(2);
        Constant& constant = file_.constants[word(1)];
        if (text == "true" || text == "false") constant = text == "true";
        else if (text.find('.') != std::string::npos) constant = real(text);
        else if (text.front() == '-') constant = number<i64>(text);
        else constant = number<u64>(text);
    }
    void read_groups() {
        for (std::size_t i = 1; i < words_.size() && i <= 3; ++i) file_.groups[i - 1] = number<u64>(words_[i]);
    }
    void read_near() {
        CorpusBuffer& near = buffer(word(1));
        near.ulps = real(word(2));
        near.absolute = real(word(3));
        static_cast<void>(rest(4));  // the reason
    }
    void read_failure() {
        std::string& reason = file_.known_failures.emplace_back(KnownFailure{word(1), word(2), {}}).reason;
        for (const std::string& text : rest(3)) reason += (reason.empty() ? "" : " ") + text;
    }
    void read_refusal() {
        std::string& sentence = file_.refusals.emplace_back(word(1), "").second;
        for (const std::string& text : rest(2)) sentence += (sentence.empty() ? "" : " ") + text;
    }
    void read_fault() {
        std::string kind = word(1);
        std::replace(kind.begin(), kind.end(), '_', ' ');
        file_.faults.insert(kind);
        static_cast<void>(rest(2));  // the reason
    }
    void read_expectation() {
        CorpusBuffer& expected = buffer(word(1));
        if (word(2) == "by") expected.expected_by = word(3);
        else expected.expected = values(expected.scalar, 2);
    }

    KernelFile& file_;
    Words words_;
    u32 line_ = 0;
};

bool is_real(Scalar scalar) {
    return scalar == Scalar::f16 || scalar == Scalar::bf16 || scalar == Scalar::f32 || scalar == Scalar::f64;
}

u64 bits_of(Scalar scalar, f64 value) {
    switch (scalar) {
        case Scalar::f16:
            return f16(static_cast<float>(value)).bits;
        case Scalar::bf16:
            return bf16(static_cast<float>(value)).bits;
        case Scalar::f32:
            return std::bit_cast<u32>(static_cast<float>(value));
        case Scalar::f64:
            return std::bit_cast<u64>(value);
        default:
            return value < 0 ? static_cast<u64>(static_cast<i64>(value)) : static_cast<u64>(value);
    }
}

u64 element(const CorpusBuffer& buffer, u64 place, std::mt19937_64& random) {
    using Fill = CorpusBuffer::Fill;
    switch (buffer.fill) {
        case Fill::index:
            return bits_of(buffer.scalar, static_cast<f64>(place));
        case Fill::random:
            if (is_real(buffer.scalar)) {
                const f64 unit = static_cast<f64>(random() >> 11) * 0x1p-53;  // the library's distributions differ
                return bits_of(buffer.scalar, buffer.low + unit * (buffer.high - buffer.low));
            }
            [[fallthrough]];
        case Fill::whole: {
            const u64 steps = static_cast<u64>(buffer.high - buffer.low) + 1;
            return bits_of(buffer.scalar, buffer.low + static_cast<f64>(random() % steps));
        }
        case Fill::bits:
            return random();
        case Fill::values:
            return buffer.values[place % buffer.values.size()];
        case Fill::zero:
        case Fill::addresses:
            break;
    }
    return 0;
}

}  // namespace

std::vector<KernelFile> kernel_files_in(const fs::path& folder) {
    std::vector<KernelFile> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        const fs::path extension = entry.path().extension();
        if (extension != ".comp" && extension != ".spvasm") continue;
        KernelFile file;
        file.path = entry.path();
        file.theme = file.path.parent_path().filename().string();
        file.name = file.path.stem().string();
        file.is_assembly = extension == ".spvasm";
        HeadReader(file).read();
        files.push_back(std::move(file));
    }
    std::sort(files.begin(), files.end(), [](const KernelFile& a, const KernelFile& b) {
        return std::tie(a.theme, a.name) < std::tie(b.theme, b.name);
    });
    return files;
}

std::vector<std::string> words_in(std::string_view line) {
    constexpr std::string_view kBlanks = " \t\r";
    std::vector<std::string> words;
    for (std::size_t at = line.find_first_not_of(kBlanks); at < line.size();) {
        const std::size_t end = std::min(line.find_first_of(kBlanks, at), line.size());
        words.emplace_back(line.substr(at, end - at));
        at = line.find_first_not_of(kBlanks, end);
    }
    return words;
}

const std::vector<KernelFile>& kernel_files() {
    static const std::vector<KernelFile> files = kernel_files_in(ALKOMP_CORPUS);
    return files;
}

Source source_of(const KernelFile& file) {
    return file.is_assembly ? spirv(assembled(file), file.path.string()) : glsl_file(file.path);
}

std::vector<std::byte> filled(const KernelFile& file, const CorpusBuffer& buffer) {
    std::mt19937_64 random(0x6b65726e656c);
    for (const char c : file.name + buffer.name) random.seed(random() ^ static_cast<u64>(c));
    std::vector<std::byte> bytes(static_cast<std::size_t>(buffer.count) * size_bytes(buffer.scalar));
    for (u64 i = 0; i < buffer.count; ++i)
        store_element(bytes, buffer.scalar, static_cast<std::size_t>(i), element(buffer, i, random));
    return bytes;
}

void store_element(std::span<std::byte> bytes, Scalar scalar, std::size_t place, u64 bits) {
    static_assert(std::endian::native == std::endian::little);
    std::memcpy(&bytes[place * size_bytes(scalar)], &bits, size_bytes(scalar));
}

u64 load_element(std::span<const std::byte> bytes, Scalar scalar, std::size_t place) {
    u64 bits = 0;
    std::memcpy(&bits, &bytes[place * size_bytes(scalar)], size_bytes(scalar));
    return bits;
}

f64 real_of(Scalar scalar, u64 bits) {
    switch (scalar) {
        case Scalar::f16: {
            f16 value;
            value.bits = static_cast<u16>(bits);
            return static_cast<f64>(static_cast<float>(value));
        }
        case Scalar::bf16: {
            bf16 value;
            value.bits = static_cast<u16>(bits);
            return static_cast<f64>(static_cast<float>(value));
        }
        case Scalar::f32:
            return static_cast<f64>(std::bit_cast<float>(static_cast<u32>(bits)));
        default:
            return std::bit_cast<f64>(bits);
    }
}

}  // namespace alkomp::testing
