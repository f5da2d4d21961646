#pragma once
// Reads of merchants, profiles, API keys and connector accounts. Finding by key shows deleted rows too, so
// that what they once did can still be told.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/rows.hpp"
#include "store/store.hpp"

namespace payweir::store {

[[nodiscard]] Task<Result<std::optional<MerchantRow>>> find_merchant(Store& store, std::int64_t merchant_no);
// Deleted ones too: an id is never given twice.
[[nodiscard]] Task<Result<std::optional<MerchantRow>>> find_merchant_by_id(Store& store,
                                                                           std::string merchant_id);
// Not deleted, oldest first, those behind the key `after`.
[[nodiscard]] Task<Result<std::vector<MerchantRow>>> list_merchants(Store& store, std::int64_t after,
                                                                    std::size_t limit);

[[nodiscard]] Task<Result<std::optional<ProfileRow>>> find_profile(Store& store, std::int64_t key);
// Not deleted, oldest first.
[[nodiscard]] Task<Result<std::vector<ProfileRow>>> list_profiles(Store& store, std::int64_t merchant_no);

// Deleted ones too, because what they have under way is still settled; oldest first.
[[nodiscard]] Task<Result<std::vector<ConnectorAccountRow>>> list_connector_accounts(
    Store& store, std::int64_t merchant_no);

[[nodiscard]] Task<Result<std::optional<ConnectorAccountRow>>> find_connector_account(Store& store,
                                                                                      std::int64_t key);

// Where an account is, and which version of it.
struct AccountPlace {
  std::int64_t key = 0;
  std::int64_t merchant_no = 0;
  std::int64_t version = 0;
};
// Of one connector, whichever merchant's, neither deleted nor disabled; oldest first.
[[nodiscard]] Task<Result<std::vector<AccountPlace>>> list_account_places(Store& store,
                                                                          std::string connector);

[[nodiscard]] Task<Result<std::optional<ApiKeyRow>>> find_api_key(Store& store, std::int64_t key);
// Oldest first, revoked ones too.
[[nodiscard]] Task<Result<std::vector<ApiKeyRow>>> list_api_keys(Store& store, std::int64_t merchant_no);

}  // namespace payweir::store
