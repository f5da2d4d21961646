#pragma once
// Fixture: what a connector brings to be held to the contract: its gateway, a payer, and what the bad answers
// of this gateway look like. Every connector of connectors/all.cpp has one, in a file of its own here and a
// line in fixtures.cpp; one without fails the suite.
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "connectors/connector.hpp"
#include "house.hpp"

namespace payweir::contract {

enum class Payer : std::uint8_t {
  pays,
  hesitates,  // is asked, and says nothing
};

class Fixture {
 public:
  virtual ~Fixture() = default;
  [[nodiscard]] virtual std::string_view connector() const = 0;

  // The gateway, and what it gave a merchant. The credentials hold every field that is a secret.
  [[nodiscard]] virtual std::unique_ptr<sandbox::GatewayModel> open() const = 0;
  [[nodiscard]] virtual ConnectorCredentials credentials(House& house) const = 0;
  // What the request of an authorisation needs beside what every gateway needs.
  virtual void complete(ConnectorRequest& request, Payer payer) const = 0;
  // The payer does what the attempt asks for, and pays.
  virtual void pay(House& house, const ConnectorRequest& request, const NextAction& action) const = 0;

  // ── How the gateway signs ─────────────────────────────────────────────────────────────────────────

  // Whether it signs answers. Where TLS alone says whose they are, the next three are not asked for answers.
  [[nodiscard]] virtual bool signs_answers() const = 0;
  // From now on somebody else signs the answers and callbacks, under the same name.
  virtual void be_an_impostor(House& house, ConnectorCredentials& credentials) const = 0;
  // The answer once more, after a change of its body, signed as of now where the gateway signs.
  [[nodiscard]] virtual http::Response sign(http::Response answer, const House& house) const = 0;
  // The same as nobody signed it; only what the gateway itself may send so.
  [[nodiscard]] virtual http::Response unsign(http::Response answer) const = 0;
  // Callbacks carry the time at which they were signed.
  [[nodiscard]] virtual bool dates_callbacks() const = 0;
  // Sends the kind of callback by which the gateway tests whether anybody looks at signatures; false: none.
  virtual bool probe(House& house) const = 0;

  // ── What the gateway says ─────────────────────────────────────────────────────────────────────────

  // The members of answers and callbacks whose words are states.
  [[nodiscard]] virtual std::span<const std::string_view> state_members() const = 0;
  // A refusal of the request that `good` answers. Signed where the gateway signs.
  [[nodiscard]] virtual http::Response refusal(const http::Response& good, std::string_view code,
                                               std::string_view words, const House& house) const = 0;
  // Codes that say no.
  [[nodiscard]] virtual std::span<const std::string_view> refusals() const = 0;
  // Whether its answer says how much: a sum of several refunds does not.
  [[nodiscard]] virtual bool answer_names_amount(const ConnectorRequest& request) const = 0;

  // ── What the gateway needs ────────────────────────────────────────────────────────────────────────

  // A repeated request has the very bytes of the first, or is refused.
  [[nodiscard]] virtual bool needs_the_same_bytes() const = 0;
};

// nullptr: the connector has none.
[[nodiscard]] const Fixture* find_fixture(std::string_view connector);

[[nodiscard]] const Fixture& stripe_fixture();
[[nodiscard]] const Fixture& alipay_fixture();
[[nodiscard]] const Fixture& wechatpay_fixture();

}  // namespace payweir::contract
