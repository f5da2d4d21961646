#include "flows/directory.hpp"

#include <algorithm>

#include "flows/accounts/keys.hpp"
#include "flows/accounts/secrets.hpp"
#include "flows/routing/canaries.hpp"
#include "store/queries/account_queries.hpp"
#include "store/queries/retry_rule_queries.hpp"
#include "store/queries/routing_queries.hpp"

namespace payweir::flows {
namespace {

using MerchantPointer = std::shared_ptr<const MerchantEntry>;

template <class Entry>
std::shared_ptr<const Entry> find_by_key(const std::vector<std::shared_ptr<const Entry>>& entries,
                                         std::int64_t key) {
  const auto found =
      std::ranges::find_if(entries, [key](const auto& entry) { return entry->row.id.key == key; });
  return found == entries.end() ? nullptr : *found;
}

Result<std::shared_ptr<const ConnectorAccount>> open_account(Keys& keys, store::ConnectorAccountRow row) {
  auto account = std::make_shared<ConnectorAccount>();
  Result<ConnectorCredentials> credentials = open_credentials(keys, row.id.key, row.sealed_credentials);
  if (!credentials) return fail(std::move(credentials.error()));
  account->credentials = std::move(*credentials);
  account->details = ConnectorAccountDetails::parse(row.details);
  account->callback_addresses = account->details.callback_addresses();
  account->fees = account->details.fees();
  account->enabled_methods = account->details.enabled_methods();
  const ConnectorAccountDetails::Timeouts timeouts = account->details.timeouts();
  account->first_timeout = timeouts.first;
  account->later_timeout = timeouts.later;
  const std::span<const Connector* const> connectors = all_connectors();
  for (std::size_t i = 0; i < connectors.size(); ++i) {
    if (connectors[i]->capabilities().name != row.connector) continue;
    // Credentials that cannot be read any more, which they could be when they were stored, leave an account
    // that nothing is sent to.
    Result<std::shared_ptr<const PreparedCredentials>> prepared =
        connectors[i]->prepare(account->credentials);
    if (!prepared) break;
    account->prepared = std::move(*prepared);
    account->connector = connectors[i];
    account->connector_index = i;
  }
  account->row = std::move(row);
  return account;
}

Result<std::shared_ptr<ProfileEntry>> open_profile(Keys& keys, store::ProfileRow row) {
  auto profile = std::make_shared<ProfileEntry>();
  Result<ProfileSecrets> secrets = open_profile_secrets(keys, row.id.key, row.sealed_secrets);
  if (!secrets) return fail(std::move(secrets.error()));
  for (WebhookSecret& secret : secrets->webhook) {
    profile->previous_secret_until = secret.valid_until;
    profile->webhook_secrets.push_back(std::move(secret.bytes));
  }
  profile->payment_response_hash_key = secrets->payment_response_hash_key.reveal();
  profile->details = ProfileDetails::parse(row.details);
  profile->row = std::move(row);
  return profile;
}

// `order`: ids, a comma between them. Of accounts that are gone nothing is left.
void arrange_by_default(ProfileEntry& profile, std::string_view order) {
  auto rest = profile.accounts;
  while (!order.empty()) {
    const std::string_view id = order.substr(0, order.find(','));
    order.remove_prefix(std::min(order.size(), id.size() + 1));
    const auto found = std::ranges::find_if(
        rest, [&](const auto& account) { return account && to_text(account->row.id) == id; });
    if (found != rest.end()) profile.by_default.push_back(std::move(*found));
  }
  for (auto& account : rest)
    if (account) profile.by_default.push_back(std::move(account));
}

// Null for what cannot be read any more, which it could be when it was stored: payments are routed as
// without.
std::shared_ptr<const ActiveRouting> open_routing(const store::RoutingAlgorithmRow& row) {
  const Result<json::Document> document = json::parse(row.algorithm, routing::kAlgorithmLimits);
  if (!document) return nullptr;
  const Result<routing::Algorithm> algorithm = routing::read_algorithm(document->root(), "algorithm");
  if (!algorithm) return nullptr;
  Result<routing::CompiledProgram> program =
      routing::CompiledProgram::compile(algorithm->program, std::nullopt);
  if (!program) return nullptr;
  return std::make_shared<const ActiveRouting>(row.id, algorithm->kind, std::move(*program));
}

void add_routing(ProfileEntry& profile, const store::RoutingAlgorithmRow& row) {
  std::shared_ptr<const ActiveRouting> routing = open_routing(row);
  if (!routing) return;
  if (row.canary_percent > 0)
    profile.canary = std::make_shared<const RoutingCanary>(std::move(routing),
                                                           static_cast<std::int32_t>(row.canary_percent),
                                                           canary_run_of(row), row.modified_at);
  else
    profile.routing = std::move(routing);
}

}  // namespace

std::span<const Secret> ProfileEntry::webhook_secrets_at(Instant now) const {
  const std::size_t count = now < previous_secret_until ? 2 : 1;
  return std::span(webhook_secrets).first(std::min(count, webhook_secrets.size()));
}

std::shared_ptr<const ProfileEntry> MerchantEntry::find_profile(std::int64_t key) const {
  return find_by_key(profiles, key);
}

std::shared_ptr<const ProfileEntry> MerchantEntry::default_profile() const {
  return find_profile(row.default_profile_key);
}

std::shared_ptr<const ConnectorAccount> MerchantEntry::find_account(std::int64_t key) const {
  for (const auto& profile : profiles)
    if (auto account = find_by_key(profile->accounts, key)) return account;
  return find_by_key(retired_accounts, key);
}

std::size_t MerchantEntry::account_count() const {
  std::size_t count = retired_accounts.size();
  for (const auto& profile : profiles)
    count += profile->accounts.size();
  return count;
}

Directory::Directory(store::Store& store, Keys& keys, DirectoryEpoch& epoch)
    : store_(store), keys_(keys), epoch_(epoch), seen_epoch_(epoch.load()) {}

void Directory::changed() {
  epoch_.fetch_add(1);
}

void Directory::drop_if_stale() {
  const std::uint64_t epoch = epoch_.load();
  if (epoch == seen_epoch_) return;
  seen_epoch_ = epoch;
  merchants_.clear();
  merchant_ids_.clear();
  api_keys_.clear();
  retry_rules_.reset();
}

Task<Result<MerchantPointer>> Directory::merchant(std::int64_t merchant_no) {
  drop_if_stale();
  if (const auto known = merchants_.find(merchant_no); known != merchants_.end()) co_return known->second;
  const std::uint64_t epoch = seen_epoch_;
  auto row = co_await store::find_merchant(store_, merchant_no);
  if (!row) co_return fail(std::move(row.error()));
  if (!*row) co_return MerchantPointer{};
  store::MerchantRow found = std::move(**row);
  Result<MerchantPointer> entry = co_await load(std::move(found), epoch);
  co_return entry;
}

Task<Result<MerchantPointer>> Directory::merchant_by_id(std::string merchant_id) {
  drop_if_stale();
  if (const auto known = merchant_ids_.find(merchant_id); known != merchant_ids_.end()) {
    Result<MerchantPointer> entry = co_await merchant(known->second);
    co_return entry;
  }
  const std::uint64_t epoch = seen_epoch_;
  auto row = co_await store::find_merchant_by_id(store_, std::move(merchant_id));
  if (!row) co_return fail(std::move(row.error()));
  if (!*row || (*row)->deleted) co_return MerchantPointer{};
  store::MerchantRow found = std::move(**row);
  Result<MerchantPointer> entry = co_await load(std::move(found), epoch);
  co_return entry;
}

Task<Result<MerchantPointer>> Directory::merchant_by_publishable_key(std::string key) {
  const std::optional<std::int64_t> merchant_no = merchant_no_of_publishable_key(key);
  if (!merchant_no) co_return MerchantPointer{};
  Result<MerchantPointer> entry = co_await merchant(*merchant_no);
  if (!entry || !*entry) co_return entry;
  if ((*entry)->row.deleted || (*entry)->row.publishable_key != key) co_return MerchantPointer{};
  co_return entry;
}

Task<Result<std::shared_ptr<const store::ApiKeyRow>>> Directory::api_key(std::int64_t key) {
  drop_if_stale();
  if (const auto known = api_keys_.find(key); known != api_keys_.end()) co_return known->second;
  const std::uint64_t epoch = seen_epoch_;
  auto row = co_await store::find_api_key(store_, key);
  if (!row) co_return fail(std::move(row.error()));
  if (!*row) co_return std::shared_ptr<const store::ApiKeyRow>{};
  auto entry = std::make_shared<const store::ApiKeyRow>(std::move(**row));
  if (epoch == epoch_.load()) api_keys_.insert_or_assign(key, entry);
  co_return entry;
}

Task<Result<std::shared_ptr<const routing::RetryRules>>> Directory::retry_rules() {
  drop_if_stale();
  if (retry_rules_) co_return retry_rules_;
  const std::uint64_t epoch = seen_epoch_;
  auto rows = co_await store::list_retry_rules(store_, kRetryRulesMax);
  if (!rows) co_return fail(std::move(rows.error()));
  std::vector<routing::RetryRule> stored;
  stored.reserve(rows->size());
  for (store::RetryRuleRow& row : *rows)
    stored.push_back(std::move(row.rule));
  auto rules = std::make_shared<const routing::RetryRules>(std::move(stored), built_in_retry_rules());
  if (epoch == epoch_.load()) retry_rules_ = rules;
  co_return rules;
}

bool ConnectorAccount::takes(const MethodQuery& query) const {
  const Capabilities& can = connector->capabilities();
  if (!can.takes(query.method, query.amount.currency)) return false;
  return enabled_methods.empty() ? can.takes_unasked(query.method) : enabled_methods.take(query);
}

Task<Result<MerchantPointer>> Directory::load(store::MerchantRow row, std::uint64_t epoch) {
  auto profiles = co_await store::list_profiles(store_, row.id.key);
  if (!profiles) co_return fail(std::move(profiles.error()));
  auto accounts = co_await store::list_connector_accounts(store_, row.id.key);
  if (!accounts) co_return fail(std::move(accounts.error()));

  auto routings = co_await store::list_active_routing_algorithms(store_, row.id.key);
  if (!routings) co_return fail(std::move(routings.error()));

  auto entry = std::make_shared<MerchantEntry>();
  std::unordered_map<std::int64_t, std::shared_ptr<ProfileEntry>> by_key;
  for (store::ProfileRow& profile_row : *profiles) {
    Result<std::shared_ptr<ProfileEntry>> profile = open_profile(keys_, std::move(profile_row));
    if (!profile) co_return fail(std::move(profile.error()));
    by_key.emplace((*profile)->row.id.key, *profile);
    entry->profiles.push_back(std::move(*profile));
  }
  for (const store::RoutingAlgorithmRow& routing_row : *routings)
    if (const auto profile = by_key.find(routing_row.profile_key); profile != by_key.end())
      add_routing(*profile->second, routing_row);
  for (store::ConnectorAccountRow& account_row : *accounts) {
    Result<std::shared_ptr<const ConnectorAccount>> account = open_account(keys_, std::move(account_row));
    if (!account) co_return fail(std::move(account.error()));
    const auto profile = by_key.find((*account)->row.profile_key);
    const bool is_live = !(*account)->row.deleted && profile != by_key.end();
    (is_live ? profile->second->accounts : entry->retired_accounts).push_back(std::move(*account));
  }
  for (const auto& [key, profile] : by_key)
    arrange_by_default(*profile, profile->details.routing_default);
  entry->details = MerchantDetails::parse(row.details);
  entry->row = std::move(row);
  if (epoch == epoch_.load()) {
    merchants_.insert_or_assign(entry->row.id.key, entry);
    if (!entry->row.deleted) merchant_ids_.insert_or_assign(entry->row.merchant_id, entry->row.id.key);
  }
  co_return entry;
}

}  // namespace payweir::flows
