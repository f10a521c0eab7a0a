// SPDX-License-Identifier: MIT OR Apache-2.0
#include "corpus/counts.h"

#include "corpus/kernel_file.h"

#include <algorithm>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <vector>

namespace alkomp::testing {
namespace {

/// counts.txt: the columns are themes, a row "files *" says how many files each has, every other row how many of them a
/// device runs in a way.
class Table {
public:
    Table() {
        std::ifstream in(ALKOMP_CORPUS "/counts.txt");
        for (std::string line; std::getline(in, line);) {
            const std::vector<std::string> words = words_in(line);
            if (words.size() < 3 || words[0] == "#") continue;
            if (themes_.empty()) {  // the heading: "device way THEME..."
                themes_.assign(words.begin() + 2, words.end());
                continue;
            }
            auto& row = rows_[{words[0], words[1]}];
            for (std::size_t i = 2; i < std::min(words.size(), themes_.size() + 2); ++i)
                row[themes_[i - 2]] = static_cast<u32>(std::stoul(words[i]));
        }
    }
    [[nodiscard]] const std::map<std::string, u32>* row(const std::string& device, const std::string& way) const {
        const auto found = rows_.find({device, way});
        return found == rows_.end() ? nullptr : &found->second;
    }

private:
    std::vector<std::string> themes_;
    std::map<std::pair<std::string, std::string>, std::map<std::string, u32>> rows_;
};

std::string heading(const std::string& first, const std::string& second) {
    std::ostringstream out;
    out << std::left << std::setw(28) << first << std::setw(11) << second << std::right;
    return out.str();
}

}  // namespace

void Counts::add(const std::string& device, const std::string& way, const std::string& theme, bool ran) {
    Count& count = rows_[{device, way}][theme];
    ++(ran ? count.ran : count.refused);
}

std::string Counts::problems(const std::map<std::string, u32>& files_of_themes) const {
    const Table table;
    std::string problems;
    std::ostringstream themes, files;
    const std::map<std::string, u32>* known_files = table.row("files", "*");
    for (const auto& [theme, count] : files_of_themes) {
        const int width = static_cast<int>(theme.size()) + 1;
        themes << ' ' << theme;
        files << std::setw(width) << count;
        if (known_files == nullptr || !known_files->contains(theme) || known_files->at(theme) != count)
            problems += "counts.txt is not about the " + std::to_string(count) + " files of " + theme + ".\n";
    }
    std::ostringstream rows;
    bool all_ran = true;
    for (const auto& [key, row] : rows_) {
        const auto& [device, way] = key;
        const std::map<std::string, u32>* known = table.row(device, way);
        rows << heading(device, way);
        for (const auto& [theme, file_count] : files_of_themes) {
            const auto found = row.find(theme);
            const Count count = found == row.end() ? Count{} : found->second;
            rows << std::setw(static_cast<int>(theme.size()) + 1) << count.ran;
            all_ran = all_ran && count.ran + count.refused == file_count;
            if (known == nullptr || count.ran + count.refused != file_count) continue;  // chosen or assembled in part
            const u32 wanted = known->contains(theme) ? known->at(theme) : 0;
            if (count.ran < wanted)
                problems += device + ", " + way + ": of " + theme + " " + std::to_string(count.ran) +
                            " kernels ran, and counts.txt has " + std::to_string(wanted) + ".\n";
        }
        rows << (known == nullptr ? "   not in counts.txt" : "") << '\n';
    }
    if (!all_ran)
        std::cout << "not every kernel was tried; themes of which a part was are not compared with counts.txt\n";
    else
        std::cout << heading("device", "way") << themes.str() << '\n'
                  << heading("files", "*") << files.str() << '\n'
                  << rows.str();
    return problems;
}

}  // namespace alkomp::testing
