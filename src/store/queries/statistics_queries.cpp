#include "store/queries/statistics_queries.hpp"

#include "store/queries/typed_select.hpp"

namespace payweir::store {
namespace {

constexpr Query kListGatewayStatistics{
    "list_gateway_statistics",
    kSql<GatewayStatisticsRow, "SELECT {} FROM gateway_statistics WHERE key > $1 ORDER BY key LIMIT $2">};
constexpr Query kListGatewayStatisticsBefore{
    "list_gateway_statistics_before",
    "SELECT key FROM gateway_statistics WHERE key < $1 ORDER BY key LIMIT $2"};

}  // namespace

Task<Result<std::vector<GatewayStatisticsRow>>> list_gateway_statistics(Store& store, std::int64_t after,
                                                                        std::size_t limit) {
  return select_rows<GatewayStatisticsRow>(store, kListGatewayStatistics, parameters_of(after, limit), limit);
}

Task<Result<std::vector<std::int64_t>>> list_gateway_statistics_before(Store& store, std::int64_t before,
                                                                       std::size_t limit) {
  return select_keys(store, kListGatewayStatisticsBefore, parameters_of(before, limit), limit);
}

}  // namespace payweir::store
