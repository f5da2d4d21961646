#include "flows/session_tokens.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/json_reader.hpp"
#include "flows/operate.hpp"

namespace payweir::flows {
namespace {

struct WalletName {
  SessionWallet wallet;
  std::string_view word;  // in requests, in payment_methods_enabled, in metadata
};
constexpr WalletName kWallets[] = {{SessionWallet::google_pay, "google_pay"},
                                   {SessionWallet::apple_pay, "apple_pay"}};

bool is_wanted(const std::vector<std::string>& wallets, std::string_view word) {
  return wallets.empty() || std::ranges::find(wallets, word) != wallets.end();
}

// An account that lists its methods lists its wallets too.
bool is_enabled(const ConnectorAccount& account, std::string_view word) {
  const auto& all = account.enabled_methods.all();
  return all.empty() || std::ranges::any_of(all, [word](const EnabledMethod& enabled) {
           return enabled.family == "wallet" && (enabled.type.empty() || enabled.type == word);
         });
}

// "" when the account has no agreement with the wallet.
std::string metadata_of(const ConnectorAccount& account, std::string_view word) {
  const Result<json::Document> document = json::parse(account.details.metadata_json);
  if (!document) return "";
  const json::Value metadata = document->root()[word];
  return metadata.is(json::Kind::object) ? metadata.dump() : "";
}

std::optional<WalletSession> find_session(const ProfileEntry& profile, const WalletName& name) {
  for (const auto& account : profile.by_default) {
    if (account->row.disabled || !account->connector || !is_enabled(*account, name.word)) continue;
    std::string metadata = metadata_of(*account, name.word);
    if (!metadata.empty()) return WalletSession{name.wallet, account, std::move(metadata)};
  }
  return std::nullopt;
}

bool is_payable(PaymentState state) {
  return state == PaymentState::requires_payment_method || state == PaymentState::requires_confirmation;
}

}  // namespace

Task<Result<SessionTokens>> create_session_tokens(Context& context, Principal principal,
                                                  CreateSessionTokens command) {
  Result<PaymentSnapshot> payment =
      co_await load_payment(context, principal.merchant, std::move(command.payment_id));
  if (!payment) co_return fail(std::move(payment.error()));
  if (Result<void> known = check_client_secret(context, principal, *payment, command.client_secret); !known)
    co_return fail(std::move(known.error()));
  const PaymentState state = payment->aggregate.payment.state;
  if (!is_payable(state))
    co_return fail(Code::illegal_transition, "status",
                   "You cannot create session tokens for this payment because it has status " +
                       std::string(to_string(state)));
  if (!payment->profile) co_return fail(Code::not_found, "profile_id", "the business profile was deleted");
  SessionTokens tokens{view_of(context, *payment), {}};
  for (const WalletName& name : kWallets)
    if (is_wanted(command.wallets, name.word))
      if (std::optional<WalletSession> session = find_session(*payment->profile, name))
        tokens.sessions.push_back(std::move(*session));
  co_return tokens;
}

}  // namespace payweir::flows
