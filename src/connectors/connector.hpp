#pragma once
// Connector: the pure translation between the switch and one gateway. No socket, clock, store or cache:
// begin() and resume() say what to send and what an answer means; flows does the sending.
//
// A new gateway is one folder, one line in connectors/all.cpp and one block of configuration.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/http.hpp"
#include "base/money.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "domain/outcome.hpp"
#include "domain/payment.hpp"

namespace payweir {

struct PostalAddress {
  std::string first_name, last_name, line1, line2, line3, city, state, zip, country;
  [[nodiscard]] bool empty() const {
    return first_name.empty() && last_name.empty() && line1.empty() && line2.empty() && city.empty() &&
           state.empty() && zip.empty() && country.empty();
  }
};

struct ContactDetails {
  PostalAddress address;
  std::string phone, email;
};

// Held in memory for one request (or sealed until confirm); never stored, never logged.
struct Card {
  Secret number;
  Secret cvc;
  int expiry_month = 0;
  int expiry_year = 0;  // four digits
  std::string holder_name;
};

// Everything a connector may need to build the requests of one operation.
struct ConnectorRequest {
  OperationKind kind = OperationKind::authorise;  // never reversal: that is sent as a void or a refund
  std::string operation_reference;  // Operation::id as text: idempotency key and our reference, for ever
  std::string payment_reference;    // payment id as the merchant sees it
  Money amount;                     // to authorise, capture or refund
  Money payment_amount;             // the whole payment
  CaptureMethod capture_method = CaptureMethod::automatic;
  AuthenticationType authentication_type = AuthenticationType::no_three_ds;
  std::optional<Card> card;            // authorise only
  std::string connector_payment_id;    // known for capture, void, refund; perhaps for a query
  std::string connector_operation_id;  // of a refund, once known
  Instant recorded_at;                 // when the operation was; nothing of it left before
  Duration sendable{};                 // how long after that it may have left, or arrived
  // Of a query: it must take the road that shows everything the gateway has done, however dear. Without it,
  // an index that lags behind will do.
  bool consistent = false;
  std::string description;
  std::string statement_descriptor_suffix;
  std::string refund_reason;
  std::string return_url;  // where the payer comes back to: an address of the switch
  std::string customer_email;
  ContactDetails billing;
  ContactDetails shipping;
};

struct ConnectorCredentials {
  // HeaderKey: api_key. BodyKey: api_key, key1. SignatureKey: api_key, key1, api_secret.
  std::string auth_type;
  Secret api_key, key1, api_secret;
  // Webhook signing secrets: current first, the previous one during a rotation.
  std::vector<Secret> webhook_secrets;
};

struct ConnectorContext {
  const ConnectorCredentials& credentials;
  std::string_view base_url;  // origin and path prefix without a trailing slash
  Instant now;
  Duration callback_tolerance = seconds(300);  // how old a signed callback may be
};

enum class SendKind : std::uint8_t { money, query };

namespace step {
// Send this. A money send happens at most once an operation, and only after the operation is durable.
struct Send {
  http::Request request;
  SendKind kind = SendKind::money;
};
struct Done {
  Outcome outcome;
};
}  // namespace step
using Step = std::variant<step::Send, step::Done>;

namespace ask {
struct Send {
  http::Request request;
};
struct Done {
  Finding finding;
};
}  // namespace ask
using AskStep = std::variant<ask::Send, ask::Done>;

// How an operation is made impossible once it is not found, so that "not found" becomes a no.
enum class FenceKind : std::uint8_t { none, horizon, cancel, close, key_takeover };
// What the answer to a fence says.
enum class FenceAnswer : std::uint8_t {
  unclear,  // no answer, or one that says nothing
  holds,    // the operation was not executed, and never will be
  spent,    // the original arrived before the fence; what became of it, only a consistent query can tell
};
struct Fence {
  FenceKind kind = FenceKind::none;
  Duration horizon{};  // horizon: a not-found this long after the send is final
};

struct Capabilities {
  std::string_view name;          // "stripe"
  std::string_view display_name;  // "Stripe"
  std::string_view maturity;      // wip | alpha | stable
  bool manual_capture = false;
  bool partial_capture = false;
  bool partial_refund = false;
  std::span<const std::string_view> payment_methods;  // "card"
};

// A verified callback, reduced to what it is about. Callbacks never carry an outcome into the switch:
// they say which operation to ask about, and the query's answer is what counts.
struct GatewayEvent {
  std::string event_id;              // the gateway's, unique per account
  std::string event_type;            // the gateway's word
  std::string operation_reference;   // ours, when the event carries it
  std::string payment_reference;     // ours, when the event carries it
  std::string connector_payment_id;  // theirs
  std::string connector_refund_id;   // theirs, when it is about a refund
};

class Connector {
 public:
  virtual ~Connector() = default;
  [[nodiscard]] virtual const Capabilities& capabilities() const = 0;

  // Money. begin() gives the one money Send (or Done when the request cannot be built: rejected);
  // resume() reads its answer. The caller turns a transport error into NotSent or Unknown itself.
  [[nodiscard]] virtual Step begin(const ConnectorRequest& request,
                                   const ConnectorContext& context) const = 0;
  [[nodiscard]] virtual Step resume(const ConnectorRequest& request, const ConnectorContext& context,
                                    const http::Response& answer) const = 0;

  // Queries, about the same operation. Never sends anything that moves money. `round` counts the answers
  // of one inquiry, 0 first: a not-found by one road may lead to another.
  [[nodiscard]] virtual AskStep ask(const ConnectorRequest& request,
                                    const ConnectorContext& context) const = 0;
  [[nodiscard]] virtual AskStep resume_ask(const ConnectorRequest& request, const ConnectorContext& context,
                                           int round, const http::Response& answer) const = 0;

  // After a not-found: what makes it final. key_takeover: begin_fence() builds an inert request under the
  // operation's own idempotency key; when read_fence() reads from its answer that the key is ours now,
  // a late original can only be refused, and the operation is known not to have been executed.
  [[nodiscard]] virtual Fence fence(OperationKind kind) const = 0;
  // Requires: fence(kind).kind == key_takeover.
  [[nodiscard]] virtual http::Request begin_fence(const ConnectorRequest& request,
                                                  const ConnectorContext& context) const = 0;
  [[nodiscard]] virtual FenceAnswer read_fence(const http::Response& answer) const = 0;

  // Callbacks: verified over the raw body, against the account's secrets. Errors: webhook_*.
  [[nodiscard]] virtual Result<GatewayEvent> read_webhook(const http::Headers& headers, std::string_view body,
                                                          const ConnectorContext& context) const = 0;

  // Whether a callback of this type may tell of something that the switch believes to be over: money that
  // moved after all, or a refund that came back. It is worth a query then.
  [[nodiscard]] virtual bool may_overturn(std::string_view event_type) const = 0;

  // Checks the shape of credentials when an account is made. Error: connector_credentials_invalid.
  [[nodiscard]] virtual Result<void> check_credentials(const ConnectorCredentials& credentials) const = 0;
};

// connectors/all.cpp: every connector of this build.
[[nodiscard]] std::span<const Connector* const> all_connectors();
[[nodiscard]] const Connector* find_connector(std::string_view name);

}  // namespace payweir
