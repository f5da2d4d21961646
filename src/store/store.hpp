#pragma once
// Store: the only way anything is written (commit) and the engine-neutral way to read (select). Engines:
// store/sqlite/, later store/postgres/. Typed reads, one file per aggregate, stand in store/queries/.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "ports/task.hpp"
#include "store/change_set.hpp"
#include "store/table.hpp"

namespace payweir::store {

// A named constant beside its typed reader. Parameters are $1 … $n, each first met in that order.
struct Query {
  std::string_view name;
  std::string_view sql;
};

using ResultRow = std::vector<Value>;

class Store {
 public:
  virtual ~Store() = default;

  // Durable together with its neighbours in the batch; resumes on the executor it was awaited on, after
  // the flush. Bounded queue: beyond it the answer is Failed{store_busy} at once.
  [[nodiscard]] virtual Task<CommitAnswer> commit(ChangeSet changes) = 0;

  // Sees every commit that was answered before the call. At most `rows_max` rows.
  // Errors: store_busy, store_unavailable, store_corrupt.
  [[nodiscard]] virtual Task<Result<std::vector<ResultRow>>> select(const Query& query,
                                                                    std::vector<Value> parameters,
                                                                    std::size_t rows_max) = 0;

  // The key of the claim with this digest, 0 when there is none. An engine that keeps the newest claims in
  // memory answers it better than a select() can.
  [[nodiscard]] virtual Task<Result<std::int64_t>> find_claim_key(std::string digest);

  struct Statistics {
    std::uint64_t commit_count = 0;  // ChangeSets answered `committed`
    std::uint64_t batch_count = 0;   // durable transactions
    std::uint64_t conflict_count = 0;
    std::uint64_t duplicate_count = 0;
    std::uint64_t failure_count = 0;
    std::size_t queue_depth = 0;
    // batch_sizes[i] counts batches of at most 2^i ChangeSets; the last one, all larger.
    std::uint64_t batch_sizes[11] = {};
    bool writable = true;  // false while the disk is full or the engine refuses writes
  };
  [[nodiscard]] virtual Statistics statistics() const = 0;
};

}  // namespace payweir::store
