#include "store/sqlite/read_only_store.hpp"

#include "store/migrations/all.hpp"
#include "store/sqlite/backup.hpp"
#include "store/sqlite/schema.hpp"

namespace payweir::store::sqlite {

Result<std::unique_ptr<ReadOnlyStore>> ReadOnlyStore::open(const std::string& directory) {
  const std::string path = directory + "/" + kDatabaseFile;
  auto connection = Connection::open(path, "", Connection::Role::reader);
  if (!connection) return fail(std::move(connection.error()));
  if (auto ours = check_ours(*connection, static_cast<std::int64_t>(migrations::kAll.size())); !ours)
    return fail(std::move(ours.error()));
  return std::unique_ptr<ReadOnlyStore>(new ReadOnlyStore(path));
}

Task<CommitAnswer> ReadOnlyStore::commit(ChangeSet) {
  co_return commit::Failed{Error{Code::store_unavailable, "", "this store is only read"}};
}

Task<Result<std::vector<ResultRow>>> ReadOnlyStore::select(const Query& query, std::vector<Value> parameters,
                                                           std::size_t rows_max) {
  co_return readers_.select(query, parameters, rows_max);
}

Store::Statistics ReadOnlyStore::statistics() const {
  Statistics none;
  none.writable = false;
  return none;
}

}  // namespace payweir::store::sqlite
