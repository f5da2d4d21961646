#pragma once
// What a payer's browser needs to open Google Pay or Apple Pay, from the metadata of the account that has it
// enabled: what the merchant agreed with the wallet.
#include <memory>
#include <string>
#include <vector>

#include "flows/principal.hpp"
#include "flows/snapshot.hpp"

namespace payweir::flows {

struct CreateSessionTokens {
  std::string payment_id;
  std::string client_secret;         // as in ConfirmPayment
  std::vector<std::string> wallets;  // "google_pay", "apple_pay"; none: all
};

enum class SessionWallet : std::uint8_t { google_pay, apple_pay };

struct WalletSession {
  SessionWallet wallet = SessionWallet::google_pay;
  std::shared_ptr<const ConnectorAccount> account;
  std::string metadata_json;  // the wallet's member of the account's metadata, without any key
};

struct SessionTokens {
  PaymentView payment;
  std::vector<WalletSession> sessions;  // one a wallet at most
};

// Errors: not_found, client_secret_missing, client_secret_mismatch, illegal_transition (it is not to be paid
// any more), store_*.
[[nodiscard]] Task<Result<SessionTokens>> create_session_tokens(Context& context, Principal principal,
                                                                CreateSessionTokens command);

}  // namespace payweir::flows
