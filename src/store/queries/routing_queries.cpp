#include "store/queries/routing_queries.hpp"

#include "store/queries/typed_select.hpp"

namespace payweir::store {
namespace {

constexpr std::size_t kActiveMax = 10'000;   // two a profile; flows bounds those
constexpr std::size_t kCanariesMax = 1'000;  // more are judged when some of these have ended

constexpr Query kListRoutingAlgorithms{
    "list_routing_algorithms",
    kSql<RoutingAlgorithmRow,
         "SELECT {} FROM routing_algorithm WHERE merchant_no = $1 AND ($2 = 0 OR profile_key = $2) "
         "ORDER BY key DESC LIMIT $3 OFFSET $4">};
constexpr Query kListActiveRoutingAlgorithms{
    "list_active_routing_algorithms",
    kSql<RoutingAlgorithmRow,
         "SELECT {} FROM routing_algorithm WHERE merchant_no = $1 AND (active = 1 OR canary_percent > 0) "
         "ORDER BY key">};
constexpr Query kListRunningCanaries{
    "list_running_canaries",
    kSql<RoutingAlgorithmRow,
         "SELECT {} FROM routing_algorithm WHERE canary_percent > 0 ORDER BY profile_key">};
constexpr Query kFindRoutingAlgorithm{
    "find_routing_algorithm",
    kSql<RoutingAlgorithmRow, "SELECT {} FROM routing_algorithm WHERE merchant_no = $1 AND key = $2">};
constexpr Query kCountRoutingAlgorithms{"count_routing_algorithms",
                                        "SELECT count(*) FROM routing_algorithm WHERE merchant_no = $1"};

}  // namespace

Task<Result<std::vector<RoutingAlgorithmRow>>> list_routing_algorithms(Store& store, std::int64_t merchant_no,
                                                                       std::int64_t profile_key,
                                                                       std::size_t limit,
                                                                       std::size_t offset) {
  return select_rows<RoutingAlgorithmRow>(store, kListRoutingAlgorithms,
                                          parameters_of(merchant_no, profile_key, limit, offset), limit);
}

Task<Result<std::vector<RoutingAlgorithmRow>>> list_active_routing_algorithms(Store& store,
                                                                              std::int64_t merchant_no) {
  return select_rows<RoutingAlgorithmRow>(store, kListActiveRoutingAlgorithms, parameters_of(merchant_no),
                                          kActiveMax);
}

Task<Result<std::vector<RoutingAlgorithmRow>>> list_running_canaries(Store& store) {
  return select_rows<RoutingAlgorithmRow>(store, kListRunningCanaries, {}, kCanariesMax);
}

Task<Result<std::optional<RoutingAlgorithmRow>>> find_routing_algorithm(Store& store,
                                                                        std::int64_t merchant_no,
                                                                        std::int64_t key) {
  return select_row<RoutingAlgorithmRow>(store, kFindRoutingAlgorithm, parameters_of(merchant_no, key));
}

Task<Result<std::int64_t>> count_routing_algorithms(Store& store, std::int64_t merchant_no) {
  auto found = co_await store.select(kCountRoutingAlgorithms, parameters_of(merchant_no), 1);
  if (!found) co_return fail(std::move(found.error()));
  std::int64_t count = 0;
  from_value(found->at(0).at(0), count);
  co_return count;
}

}  // namespace payweir::store
