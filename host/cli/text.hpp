// Text for a terminal: outside text made harmless, columns made straight. [any thread]
#pragma once

#include <initializer_list>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::cli {

// Outside text, fit for a terminal: control characters (C0, DEL, C1), line and paragraph
// separators, text-direction marks and bytes that are not UTF-8 become '?'. Nobody's rental can
// move the cursor, change the colour or turn the line around.
std::string harmless(std::string_view text);

// Columns as wide as their widest cell, two blanks between them, cells made harmless.
class Table {
  public:
    explicit Table(std::initializer_list<std::string_view> header);

    void add(std::vector<std::string> row);

    bool empty() const { return rows_.size() <= 1; }

    void print(std::ostream& out) const;

  private:
    std::vector<std::vector<std::string>> rows_;  // the first is the header
};

}  // namespace gatehouse::cli
