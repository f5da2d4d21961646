#pragma once
// Rows of cells, and errors that name where they are.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace payweir::wire {

// "row 17: 服务费（元）: not an amount"; an empty column is left out.
[[nodiscard]] std::unexpected<Error> row_error(Code code, std::uint64_t row, std::string_view column,
                                               std::string_view why);

// Where in a row each wanted column is.
class Columns {
 public:
  // `names` is the header. Error: statement_malformed for a wanted column that is not there, or there twice.
  [[nodiscard]] static Result<Columns> find(std::span<const std::string_view> names,
                                            std::span<const std::string_view> wanted, std::uint64_t row);
  // How many cells a row has.
  [[nodiscard]] std::size_t count() const { return count_; }
  // The cell of wanted[index]. Requires: as many cells as count().
  [[nodiscard]] std::string_view cell(std::span<const std::string_view> cells, std::size_t index) const {
    return cells[places_[index]];
  }

 private:
  std::size_t count_ = 0;
  std::vector<std::size_t> places_;
};

// Cells between separators, as they stand.
void split_cells(std::string_view row, std::string_view separator, std::vector<std::string_view>& cells);

// Cells between commas, of which those that begin with a quote may hold commas, line ends and doubled quotes
// (RFC 4180). False when the last one is not closed. `unquoted` keeps the texts that are not as they stand in
// the row.
[[nodiscard]] bool split_quoted_cells(std::string_view row, std::vector<std::string_view>& cells,
                                      std::string& unquoted);

}  // namespace payweir::wire
