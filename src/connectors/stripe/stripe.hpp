#pragma once
// Stripe: cards, and what payers have in the place of one, over Payment Intents, created and confirmed in one
// call; a bank transfer's payer is made a customer first. Stateless; one object serves every account and
// thread.
#include "connectors/connector.hpp"

namespace payweir {

class Stripe final : public Connector {
 public:
  [[nodiscard]] const Capabilities& capabilities() const override;

  [[nodiscard]] Step begin(const ConnectorRequest& request, const ConnectorContext& context) const override;
  [[nodiscard]] Step resume(const ConnectorRequest& request, const ConnectorContext& context,
                            const http::Response& answer) const override;

  // A payment is asked for by Stripe's id, else searched for by our reference; a refund likewise, by
  // its id, else in the list of the payment's refunds.
  [[nodiscard]] AskStep ask(const ConnectorRequest& request, const ConnectorContext& context) const override;
  [[nodiscard]] AskStep resume_ask(const ConnectorRequest& request, const ConnectorContext& context,
                                   int round, const http::Response& answer) const override;

  // key_takeover for every kind. Stripe's search lags by about a minute and its keys live for 24 hours at
  // least, so a search alone never proves that something did not happen.
  [[nodiscard]] Fence fence(const ConnectorRequest& request) const override;
  [[nodiscard]] http::Request begin_fence(const ConnectorRequest& request,
                                          const ConnectorContext& context) const override;
  [[nodiscard]] FenceAnswer read_fence(const ConnectorRequest& request, const ConnectorContext& context,
                                       const http::Response& answer) const override;

  [[nodiscard]] Result<GatewayEvent> read_webhook(const http::Headers& headers, std::string_view body,
                                                  const ConnectorContext& context) const override;

  [[nodiscard]] bool may_overturn(std::string_view event_type) const override;

  [[nodiscard]] Result<std::shared_ptr<const PreparedCredentials>> prepare(
      const ConnectorCredentials& credentials) const override;
  [[nodiscard]] http::Request begin_verify(const ConnectorContext& context) const override;
  [[nodiscard]] Result<void> read_verify(const ConnectorContext& context,
                                         const http::Response& answer) const override;
};

}  // namespace payweir
