#pragma once
// PaymentSnapshot: a payment as loaded for one flow, with everything that its rows, its gateway call and
// its rendering need; and the way back: a Decision as a ChangeSet.
#include <memory>
#include <optional>
#include <string>

#include "base/shared_value.hpp"
#include "flows/context.hpp"
#include "flows/views.hpp"
#include "store/change_set.hpp"

namespace payweir::flows {

struct RefundDetails {
  std::string reference;  // the merchant's own refund_id, "" when it is ours
  std::string reason;
  std::string metadata_json;

  [[nodiscard]] std::string serialise() const;
  void parse(std::string_view json);  // reason and metadata
};

struct PaymentSnapshot {
  PaymentAggregate aggregate;
  std::string reference;  // the merchant's own payment_id, "" when it is ours
  SharedValue<PaymentDetails> details;
  SharedValue<PaymentDetails> stored_details;  // as the row has them, once there is one
  RefundDetails refund_details;                // of aggregate.refund
  std::shared_ptr<const MerchantEntry> merchant;
  std::shared_ptr<const ProfileEntry> profile;
  std::shared_ptr<const ConnectorAccount> account;  // of the attempt

  [[nodiscard]] std::string payment_id() const;
  [[nodiscard]] std::string refund_id() const;  // Requires: aggregate.refund
};

// An id that a merchant chose must be usable in a URL and must not look like one of ours.
[[nodiscard]] Result<void> check_reference(std::string_view field, const std::string& reference);

// Loads by the id that the merchant uses, with the newest attempt and its live operation. Error: not_found.
[[nodiscard]] Task<Result<PaymentSnapshot>> load_payment(Context& context,
                                                         std::shared_ptr<const MerchantEntry> merchant,
                                                         std::string payment_id);
// Loads what one operation is about: its payment, its attempt, its refund if it is one. Error: not_found.
[[nodiscard]] Task<Result<PaymentSnapshot>> load_operation(Context& context, std::int64_t operation_key);
// One attempt, its payment and what is under way for it. Error: not_found.
[[nodiscard]] Task<Result<PaymentSnapshot>> load_attempt(Context& context, std::int64_t attempt_key);
// With the newest attempt and its live operation, by key. Error: not_found.
[[nodiscard]] Task<Result<PaymentSnapshot>> load_payment_by_key(Context& context, std::int64_t payment_key);

// A refund with its payment and attempt, by the refund's key. Error: not_found.
[[nodiscard]] Task<Result<PaymentSnapshot>> load_refund_by_key(Context& context, std::int64_t refund_key);
// The same by the id that the merchant uses.
[[nodiscard]] Task<Result<PaymentSnapshot>> load_refund(Context& context,
                                                        std::shared_ptr<const MerchantEntry> merchant,
                                                        std::string refund_id);

// Whether the payment's row is new or stored already.
enum class RowIs : std::uint8_t { fresh, stored };

// Takes the decision's next aggregate into the snapshot and writes its rows, postings, events and webhook
// deliveries into `changes`. Nothing when the decision changes nothing.
void apply(Context& context, PaymentSnapshot& snapshot, Decision decision, RowIs row,
           store::ChangeSet& changes);

// Counts a change of state once it is committed.
void count_state(Context& context, PaymentState before, const PaymentSnapshot& snapshot);

// What a merchant's endpoint is sent about an event: the payment, or the refund, as the snapshot has it.
[[nodiscard]] std::string webhook_body(Context& context, const PaymentSnapshot& snapshot,
                                       const store::OutboxRow& event);

[[nodiscard]] PaymentView view_of(Context& context, const PaymentSnapshot& snapshot);
// Requires: snapshot.aggregate.refund.
[[nodiscard]] RefundView refund_view_of(const PaymentSnapshot& snapshot);

// "<payment id>_secret_<20 characters>", the same for ever: derived under the pepper, stored nowhere.
[[nodiscard]] std::string client_secret_of(Keys& keys, const std::string& payment_id, PaymentId id);
// What makes a payment link more than two ids that others know: 24 characters, derived likewise.
[[nodiscard]] std::string link_token_of(Keys& keys, PaymentId id);

}  // namespace payweir::flows
