#pragma once
// Directory: who may call, and with which gateway accounts: merchants, API keys, profiles and connector
// accounts, and the retry rules of them all, cached per io thread. Every change of any of them bumps one
// epoch, and a cache of an older epoch is dropped whole; changes are rare, look-ups are not. Not shared by
// threads; Epoch is.
#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "connectors/connector.hpp"
#include "domain/routing/algorithm_json.hpp"
#include "domain/routing/compiled_program.hpp"
#include "domain/routing/retry_rules.hpp"
#include "flows/accounts/details.hpp"
#include "flows/accounts/enabled_methods.hpp"
#include "ports/keys.hpp"
#include "store/rows.hpp"
#include "store/store.hpp"

namespace payweir::flows {

using DirectoryEpoch = std::atomic<std::uint64_t>;

// Stored retry rules at most: every io thread holds them all in memory.
inline constexpr std::size_t kRetryRulesMax = 5'000;

struct ConnectorAccount {
  store::ConnectorAccountRow row;
  ConnectorAccountDetails details;
  const Connector* connector = nullptr;  // null: this build has no such connector any more
  std::size_t connector_index = 0;
  std::vector<AddressRange> callback_addresses;         // none: callbacks come from anywhere
  std::vector<routing::Fee> fees;                       // what it costs, as its merchant says
  EnabledMethods enabled_methods;                       // as its merchant says; none: those taken unasked
  Duration first_timeout, later_timeout;                // zero: the switch's; see attempt_timeout()
  ConnectorCredentials credentials;                     // opened
  std::shared_ptr<const PreparedCredentials> prepared;  // null: the connector needs none

  // Whether its gateway does, and its merchant lets it. Requires: connector.
  [[nodiscard]] bool takes(const MethodQuery& query) const;
};

// The routing algorithm that is active in a profile.
struct ActiveRouting {
  RoutingAlgorithmId id;
  routing::AlgorithmKind kind = routing::AlgorithmKind::single;
  routing::CompiledProgram program;
};

// One that takes a share of a profile's payments beside it.
struct RoutingCanary {
  std::shared_ptr<const ActiveRouting> routing;
  std::int32_t percent = 0;
  std::int64_t run = 0;  // canary_run_of()
  Instant since;
};

struct ProfileEntry {
  store::ProfileRow row;
  ProfileDetails details;
  std::vector<Secret> webhook_secrets;  // newest first; raw bytes
  Instant previous_secret_until;        // when the second of them, if any, ends
  std::string payment_response_hash_key;
  std::vector<std::shared_ptr<const ConnectorAccount>> accounts;  // not deleted, oldest first
  // The same, in the order in which they are tried where nothing else decides: that of /routing/default,
  // with those that it does not name behind.
  std::vector<std::shared_ptr<const ConnectorAccount>> by_default;
  std::shared_ptr<const ActiveRouting> routing;  // null: none is
  std::shared_ptr<const RoutingCanary> canary;   // null: none runs

  // Those to sign with: one, or two during a rotation.
  [[nodiscard]] std::span<const Secret> webhook_secrets_at(Instant now) const;
};

struct MerchantEntry {
  store::MerchantRow row;
  MerchantDetails details;
  std::vector<std::shared_ptr<const ProfileEntry>> profiles;  // not deleted, oldest first
  // Deleted ones. They take no new payments, but what they were sent is still settled and refunded.
  std::vector<std::shared_ptr<const ConnectorAccount>> retired_accounts;
  [[nodiscard]] std::shared_ptr<const ProfileEntry> find_profile(std::int64_t key) const;
  [[nodiscard]] std::shared_ptr<const ProfileEntry> default_profile() const;
  // Both with the retired ones.
  [[nodiscard]] std::shared_ptr<const ConnectorAccount> find_account(std::int64_t key) const;
  [[nodiscard]] std::size_t account_count() const;
};

class Directory {
 public:
  Directory(store::Store& store, Keys& keys, DirectoryEpoch& epoch);

  // nullptr: no such one. Entries stay valid as long as the pointer is held. By number a deleted merchant is
  // found too, because what it was doing must still be settled; by its names it is not.
  [[nodiscard]] Task<Result<std::shared_ptr<const MerchantEntry>>> merchant(std::int64_t merchant_no);
  [[nodiscard]] Task<Result<std::shared_ptr<const MerchantEntry>>> merchant_by_id(std::string merchant_id);
  // The key names its merchant, so that a guess costs no search.
  [[nodiscard]] Task<Result<std::shared_ptr<const MerchantEntry>>> merchant_by_publishable_key(
      std::string key);
  [[nodiscard]] Task<Result<std::shared_ptr<const store::ApiKeyRow>>> api_key(std::int64_t key);
  // The built-in retry rules, and before them those that are stored.
  [[nodiscard]] Task<Result<std::shared_ptr<const routing::RetryRules>>> retry_rules();
  // Call after every committed change of a merchant, profile, key, account or retry rule.
  void changed();

 private:
  void drop_if_stale();
  // What is read while another thread changes it is good for its caller, but must not stay: `epoch` is the
  // one before the first read.
  [[nodiscard]] Task<Result<std::shared_ptr<const MerchantEntry>>> load(store::MerchantRow row,
                                                                        std::uint64_t epoch);

  store::Store& store_;
  Keys& keys_;
  DirectoryEpoch& epoch_;
  std::uint64_t seen_epoch_ = 0;
  std::unordered_map<std::int64_t, std::shared_ptr<const MerchantEntry>> merchants_;
  std::unordered_map<std::string, std::int64_t> merchant_ids_;
  std::unordered_map<std::int64_t, std::shared_ptr<const store::ApiKeyRow>> api_keys_;
  std::shared_ptr<const routing::RetryRules> retry_rules_;  // null: not read yet
};

}  // namespace payweir::flows
