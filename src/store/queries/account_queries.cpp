#include "store/queries/account_queries.hpp"

#include "store/queries/typed_select.hpp"

namespace payweir::store {
namespace {

// A merchant's profiles, accounts or keys. Flows hold them all in memory, so their number is bounded there.
constexpr std::size_t kRowsOfMerchantMax = 10'000;

constexpr Query kFindMerchant{"find_merchant", kSql<MerchantRow, "SELECT {} FROM merchant WHERE key = $1">};
constexpr Query kFindMerchantById{"find_merchant_by_id",
                                  kSql<MerchantRow, "SELECT {} FROM merchant WHERE merchant_id = $1">};
constexpr Query kListMerchants{
    "list_merchants",
    kSql<MerchantRow, "SELECT {} FROM merchant WHERE key > $1 AND deleted = 0 ORDER BY key LIMIT $2">};

constexpr Query kFindProfile{"find_profile", kSql<ProfileRow, "SELECT {} FROM profile WHERE key = $1">};
constexpr Query kListProfiles{
    "list_profiles",
    kSql<ProfileRow, "SELECT {} FROM profile WHERE merchant_no = $1 AND deleted = 0 ORDER BY key">};

constexpr Query kListConnectorAccounts{
    "list_connector_accounts",
    kSql<ConnectorAccountRow, "SELECT {} FROM connector_account WHERE merchant_no = $1 ORDER BY key">};

constexpr Query kFindConnectorAccount{
    "find_connector_account", kSql<ConnectorAccountRow, "SELECT {} FROM connector_account WHERE key = $1">};

constexpr std::size_t kPlacesMax = 1'000'000;
constexpr Query kListAccountPlaces{
    "list_account_places",
    "SELECT key, merchant_no, version FROM connector_account WHERE connector = $1 AND deleted = 0 AND "
    "disabled = 0 ORDER BY key"};

constexpr Query kFindApiKey{"find_api_key", kSql<ApiKeyRow, "SELECT {} FROM api_key WHERE key = $1">};
constexpr Query kListApiKeys{"list_api_keys",
                             kSql<ApiKeyRow, "SELECT {} FROM api_key WHERE merchant_no = $1 ORDER BY key">};

}  // namespace

Task<Result<std::optional<MerchantRow>>> find_merchant(Store& store, std::int64_t merchant_no) {
  return select_row<MerchantRow>(store, kFindMerchant, parameters_of(merchant_no));
}

Task<Result<std::optional<MerchantRow>>> find_merchant_by_id(Store& store, std::string merchant_id) {
  return select_row<MerchantRow>(store, kFindMerchantById, parameters_of(merchant_id));
}

Task<Result<std::vector<MerchantRow>>> list_merchants(Store& store, std::int64_t after, std::size_t limit) {
  return select_rows<MerchantRow>(store, kListMerchants, parameters_of(after, limit), limit);
}

Task<Result<std::optional<ProfileRow>>> find_profile(Store& store, std::int64_t key) {
  return select_row<ProfileRow>(store, kFindProfile, parameters_of(key));
}

Task<Result<std::vector<ProfileRow>>> list_profiles(Store& store, std::int64_t merchant_no) {
  return select_rows<ProfileRow>(store, kListProfiles, parameters_of(merchant_no), kRowsOfMerchantMax);
}

Task<Result<std::optional<ConnectorAccountRow>>> find_connector_account(Store& store, std::int64_t key) {
  return select_row<ConnectorAccountRow>(store, kFindConnectorAccount, parameters_of(key));
}

Task<Result<std::vector<ConnectorAccountRow>>> list_connector_accounts(Store& store,
                                                                       std::int64_t merchant_no) {
  return select_rows<ConnectorAccountRow>(store, kListConnectorAccounts, parameters_of(merchant_no),
                                          kRowsOfMerchantMax);
}

Task<Result<std::vector<AccountPlace>>> list_account_places(Store& store, std::string connector) {
  auto found = co_await store.select(kListAccountPlaces, parameters_of(connector), kPlacesMax);
  if (!found) co_return fail(std::move(found.error()));
  std::vector<AccountPlace> places;
  places.reserve(found->size());
  for (const ResultRow& row : *found)
    places.push_back({std::get<std::int64_t>(row.at(0)), std::get<std::int64_t>(row.at(1)),
                      std::get<std::int64_t>(row.at(2))});
  co_return places;
}

Task<Result<std::optional<ApiKeyRow>>> find_api_key(Store& store, std::int64_t key) {
  return select_row<ApiKeyRow>(store, kFindApiKey, parameters_of(key));
}

Task<Result<std::vector<ApiKeyRow>>> list_api_keys(Store& store, std::int64_t merchant_no) {
  return select_rows<ApiKeyRow>(store, kListApiKeys, parameters_of(merchant_no), kRowsOfMerchantMax);
}

}  // namespace payweir::store
