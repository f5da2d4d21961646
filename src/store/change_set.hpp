#pragma once
// ChangeSet: everything that one decision writes, as one unit. Store::commit() makes all of it durable
// or none; nothing else in the switch writes. Rows are described once (store/descriptors.hpp) and both
// engines generate their SQL from the descriptors.
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "store/table.hpp"

namespace payweir::store {

enum class ChangeOp : std::uint8_t {
  insert,  // a unique index that already has the row answers `duplicate`
  update,  // WHERE key = ? AND version = expected_version; no such row answers `conflict`
  erase,   // WHERE key = ?; for expired rows only
};

struct Change {
  const Table* table = nullptr;
  ChangeOp op = ChangeOp::insert;
  std::int64_t expected_version = 0;  // update only
  std::size_t first_value = 0;        // see ChangeSet::values_of()
};

class ChangeSet {
 public:
  template <class Row>
  void insert(const Row& row) {
    begin<Row>(ChangeOp::insert, 0);
    append_values(row, values_);
  }
  // The row carries its new version; the stored one must be one less.
  template <class Row>
  void update(const Row& row) {
    begin<Row>(ChangeOp::update, version_of(row) - 1);
    append_values(row, values_);
  }
  template <class Row>
  void erase(std::int64_t key) {
    begin<Row>(ChangeOp::erase, 0);
    values_.emplace_back(key);
  }

  [[nodiscard]] const std::vector<Change>& changes() const { return changes_; }
  // Of an insert or update: one a column, in the table's order. Of an erase: the key.
  [[nodiscard]] std::span<const Value> values_of(const Change& change) const {
    return std::span(values_).subspan(change.first_value,
                                      change.op == ChangeOp::erase ? 1 : change.table->columns.size());
  }
  [[nodiscard]] bool empty() const { return changes_.empty(); }

 private:
  template <class Row>
  void begin(ChangeOp op, std::int64_t expected_version) {
    if (changes_.empty()) {
      constexpr std::size_t kUsualChanges = 8, kUsualValues = 96;  // of a decision
      changes_.reserve(kUsualChanges);
      values_.reserve(kUsualValues);
    }
    changes_.push_back({&table_of<Row>(), op, expected_version, values_.size()});
  }
  std::vector<Value> values_;  // of all changes, one behind the other
  std::vector<Change> changes_;
};

// What became of a ChangeSet.
namespace commit {
struct Committed {};
struct Conflict {  // another writer was first: load again, decide again
  std::string_view table;
};
struct Duplicate {  // a unique index refused an insert
  std::string_view table;
};
struct Failed {  // certainly nothing was written: store_busy, store_full, store_unavailable
  Error error;
};
struct Maybe {  // the connection went away in COMMIT: read back before deciding anything
  Error error;
};
}  // namespace commit
using CommitAnswer =
    std::variant<commit::Committed, commit::Conflict, commit::Duplicate, commit::Failed, commit::Maybe>;

}  // namespace payweir::store
