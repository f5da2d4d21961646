#pragma once
// ReadOnlyStore: the database of a data directory for a command that only reads. The directory is not locked:
// a switch may be running on it, and goes on writing meanwhile.
#include <memory>
#include <string>

#include "store/sqlite/reader_pool.hpp"
#include "store/store.hpp"

namespace payweir::store::sqlite {

class ReadOnlyStore final : public Store {
 public:
  // Errors: store_unavailable, store_corrupt, store_newer_schema (another schema than this binary's is not
  // brought up to date here).
  [[nodiscard]] static Result<std::unique_ptr<ReadOnlyStore>> open(const std::string& directory);

  // Failed, always: store_unavailable.
  [[nodiscard]] Task<CommitAnswer> commit(ChangeSet changes) override;
  [[nodiscard]] Task<Result<std::vector<ResultRow>>> select(const Query& query, std::vector<Value> parameters,
                                                            std::size_t rows_max) override;
  [[nodiscard]] Statistics statistics() const override;

 private:
  explicit ReadOnlyStore(const std::string& path) : readers_(path, "") {}
  ReaderPool readers_;
};

}  // namespace payweir::store::sqlite
