#pragma once
// Fields one after another as "<size>:<bytes>": how secrets are laid out before they are sealed. Nothing is
// escaped and nothing grows, so that no copy of a secret stays behind in memory that nobody wipes.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace payweir::flows {

class FieldWriter {
 public:
  // Requires: the sum of the sizes of all fields is at most `bytes_max`, their count at most `count_max`.
  FieldWriter(std::size_t bytes_max, std::size_t count_max);
  ~FieldWriter() { Secret::wipe(out_); }
  FieldWriter(const FieldWriter&) = delete;
  FieldWriter& operator=(const FieldWriter&) = delete;

  FieldWriter& add(std::string_view field);
  FieldWriter& add(std::int64_t number);
  [[nodiscard]] Secret take() { return Secret(std::move(out_)); }

 private:
  std::string out_;
};

// Reads fields in the order in which they were added. After a malformed or missing one every further read
// gives nothing, so one look at complete() at the end is enough. Views are into the text given.
class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : rest_(text) {}

  [[nodiscard]] std::string_view text();
  [[nodiscard]] std::int64_t number();
  // Whether every read found its field and nothing is left over.
  [[nodiscard]] bool complete() const { return !failed_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace payweir::flows
