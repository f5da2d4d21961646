#include "connectors/wire/table.hpp"

#include <algorithm>

namespace payweir::wire {

std::unexpected<Error> row_error(Code code, std::uint64_t row, std::string_view column,
                                 std::string_view why) {
  std::string detail = "row " + std::to_string(row) + ": ";
  if (!column.empty()) detail.append(column).append(": ");
  detail += why;
  return fail(code, std::string(column), std::move(detail));
}

Result<Columns> Columns::find(std::span<const std::string_view> names,
                              std::span<const std::string_view> wanted, std::uint64_t row) {
  Columns columns;
  columns.count_ = names.size();
  for (const std::string_view column : wanted) {
    const auto place = std::ranges::find(names, column);
    if (place == names.end())
      return row_error(Code::statement_malformed, row, column, "there is no such column");
    if (std::find(place + 1, names.end(), column) != names.end())
      return row_error(Code::statement_malformed, row, column, "there are two such columns");
    columns.places_.push_back(static_cast<std::size_t>(place - names.begin()));
  }
  return columns;
}

void split_cells(std::string_view row, std::string_view separator, std::vector<std::string_view>& cells) {
  cells.clear();
  while (true) {
    const std::size_t end = row.find(separator);
    cells.push_back(row.substr(0, end));
    if (end == std::string_view::npos) return;
    row.remove_prefix(end + separator.size());
  }
}

bool split_quoted_cells(std::string_view row, std::vector<std::string_view>& cells, std::string& unquoted) {
  cells.clear();
  unquoted.clear();
  unquoted.reserve(row.size());  // it must not move: cells look into it
  std::size_t at = 0;
  while (true) {
    std::size_t end = row.find(',', at);
    std::string_view cell = row.substr(at, end == std::string_view::npos ? end : end - at);
    if (cell.starts_with('"')) {
      const std::size_t begin = unquoted.size();
      std::size_t place = at + 1;
      bool closed = false;
      for (; place < row.size() && !closed; ++place) {
        if (row[place] != '"') {
          unquoted += row[place];
        } else if (place + 1 < row.size() && row[place + 1] == '"') {
          unquoted += '"';
          ++place;
        } else {
          closed = true;
        }
      }
      if (!closed) return false;
      // A quote inside a text that only begins with one: that text stays as it is.
      if (place == row.size() || row[place] == ',') {
        cell = std::string_view(unquoted).substr(begin);
        end = place == row.size() ? std::string_view::npos : place;
      }
    }
    cells.push_back(cell);
    if (end == std::string_view::npos) return true;
    at = end + 1;
  }
}

}  // namespace payweir::wire
