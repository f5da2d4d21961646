#pragma once
// The use cases of a payment. Each returns the answer as bytes (rendered by `rendering`, stored under
// the request's key) or an Error, in which case nothing was stored. Rules of all:
//   - a tenant's ids mean nothing to another: not_found, the same as for a missing one;
//   - a repeated RequestKey answers what the first one answered, byte for byte; with another body
//     idempotency_key_reused; while the first still runs idempotency_in_progress;
//   - an unknown outcome at the gateway is `processing`, never failed.
#include <optional>
#include <string>
#include <vector>

#include "base/shared_value.hpp"
#include "flows/principal.hpp"

namespace payweir::flows {

struct CreatePayment {
  std::string payment_id;  // chosen by the merchant, "" for ours
  std::string profile_id;  // "" for the default one
  Money amount;
  std::optional<std::int64_t> amount_to_capture;
  CaptureMethod capture_method = CaptureMethod::automatic;
  AuthenticationType authentication_type = AuthenticationType::no_three_ds;
  bool confirm = false;
  std::optional<Instrument> instrument;
  std::int64_t session_expiry_s = 0;  // 0: the default
  SharedValue<PaymentDetails> details;
};

// Unset members leave the payment as it is.
struct UpdatePayment {
  std::string payment_id;
  std::optional<std::int64_t> amount_minor;
  std::optional<std::int64_t> amount_to_capture;  // at most the amount
  std::optional<Currency> currency;
  std::optional<CaptureMethod> capture_method;
  std::optional<AuthenticationType> authentication_type;
  std::optional<Instrument> instrument;
  bool confirm = false;
  // Members of `details` that are not empty replace the stored ones.
  SharedValue<PaymentDetails> details;
};

struct ConfirmPayment {
  std::string payment_id;
  std::string client_secret;  // must match when given; required of a publishable key
  std::optional<Instrument> instrument;
  SharedValue<PaymentDetails> details;  // as in UpdatePayment
  std::string only_account;             // mca_…: the one that the payer is known to, "" when any will do
  // On the payment page: a payment whose attempt came to nothing takes another, and the payer comes back
  // there.
  bool on_payment_page = false;
};

struct CapturePayment {
  std::string payment_id;
  std::optional<std::int64_t> amount_minor;  // unset: all of it
};

struct CancelPayment {
  std::string payment_id;
  std::string reason;
};

// `ask_now_and_then` is ask_gateway for those who ask every other second: the gateway is asked about one
// payment at most once in three seconds (at each io thread), what is stored is the answer otherwise.
enum class Sync : std::uint8_t { stored, ask_gateway, ask_now_and_then };

struct RetrievePayment {
  std::string payment_id;
  std::string client_secret;  // as in ConfirmPayment
  Sync sync = Sync::stored;
  bool expand_attempts = false;  // with all of its attempts, not only the newest
};

struct ListPayments {
  std::size_t limit = 10;  // 1 … 100
  std::size_t offset = 0;
  std::string starting_after, ending_before;  // payment ids
  std::optional<Instant> created_from, created_to;
  std::string customer_id;
  std::vector<PaymentState> states;
  std::optional<Currency> currency;
};

struct PaymentPage {
  std::vector<PaymentView> payments;  // newest first
};

using Key = std::optional<RequestKey>;

[[nodiscard]] Task<Result<Answer>> create_payment(Context& context, Principal principal, Key key,
                                                  CreatePayment command, const Rendering& rendering);
[[nodiscard]] Task<Result<Answer>> update_payment(Context& context, Principal principal, Key key,
                                                  UpdatePayment command, const Rendering& rendering);
[[nodiscard]] Task<Result<Answer>> confirm_payment(Context& context, Principal principal, Key key,
                                                   ConfirmPayment command, const Rendering& rendering);
[[nodiscard]] Task<Result<Answer>> capture_payment(Context& context, Principal principal, Key key,
                                                   CapturePayment command, const Rendering& rendering);
[[nodiscard]] Task<Result<Answer>> cancel_payment(Context& context, Principal principal, Key key,
                                                  CancelPayment command, const Rendering& rendering);
// Includes the payment's refunds.
[[nodiscard]] Task<Result<PaymentView>> retrieve_payment(Context& context, Principal principal,
                                                         RetrievePayment command);
[[nodiscard]] Task<Result<PaymentPage>> list_payments(Context& context, Principal principal,
                                                      ListPayments command);

struct CreateRefund {
  std::string refund_id;  // chosen by the merchant, "" for ours
  std::string payment_id;
  std::optional<std::int64_t> amount_minor;  // unset: all that is left
  std::string reason;
  std::string metadata_json;
};
struct UpdateRefund {
  std::string refund_id;
  std::optional<std::string> reason;
  std::optional<std::string> metadata_json;
};
struct ListRefunds {
  std::size_t limit = 10;
  std::size_t offset = 0;
  std::string payment_id;  // "" for all
  std::optional<Instant> created_from, created_to;
};
struct RefundPage {
  std::vector<RefundView> refunds;  // newest first
};

[[nodiscard]] Task<Result<Answer>> create_refund(Context& context, Principal principal, Key key,
                                                 CreateRefund command, const Rendering& rendering);
[[nodiscard]] Task<Result<Answer>> update_refund(Context& context, Principal principal, Key key,
                                                 UpdateRefund command, const Rendering& rendering);
[[nodiscard]] Task<Result<RefundView>> retrieve_refund(Context& context, Principal principal,
                                                       std::string refund_id, Sync sync);
[[nodiscard]] Task<Result<RefundPage>> list_refunds(Context& context, Principal principal,
                                                    ListRefunds command);

// The payer came back from the gateway's page: asks the gateway, changes what it answers, and says where
// the payer goes next (the merchant's return_url with payment_id and status). Never a state by itself.
// `attempt_id`: of the attempt that they come back from. Who knows it has been told it by the switch, and may
// be sent to the payment page, whose address holds the client_secret; nobody else is.
[[nodiscard]] Task<Result<std::string>> return_from_gateway(Context& context, std::string merchant_id,
                                                            std::string payment_id,
                                                            std::string attempt_id = "");

// How to answer a gateway's callback, in its own words.
struct CallbackAnswer {
  Acknowledgement acknowledgement;
  // Not taken: the gateway is to send it again, or is none. Errors: webhook_*, store_*, forbidden (from an
  // address that is not on the account's list).
  std::optional<Error> refusal;
};

// A gateway's callback: verified over the raw bytes, stored in the inbox, then acknowledged. Answers the
// same for a repeated one. Error: not_found, when the address is no account's.
[[nodiscard]] Task<Result<CallbackAnswer>> receive_callback(Context& context, std::string merchant_id,
                                                            std::string connector_or_account,
                                                            std::string peer_address, http::Headers headers,
                                                            std::string body);

}  // namespace payweir::flows
