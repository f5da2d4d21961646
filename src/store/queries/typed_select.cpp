#include "store/queries/typed_select.hpp"

namespace payweir::store {

Task<Result<std::vector<std::int64_t>>> select_keys(Store& store, const Query& query,
                                                    std::vector<Value> parameters, std::size_t rows_max) {
  auto found = co_await store.select(query, std::move(parameters), rows_max);
  if (!found) co_return fail(std::move(found.error()));
  std::vector<std::int64_t> keys;
  keys.reserve(found->size());
  for (const ResultRow& row : *found)
    from_value(row.at(0), keys.emplace_back());
  co_return keys;
}

}  // namespace payweir::store
