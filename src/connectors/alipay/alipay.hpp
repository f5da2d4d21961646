#pragma once
// Alipay: wallet payments through the gateway's version 1.0, by code, page, app, mini program and barcode.
// Stateless; one object serves every account and thread.
#include "connectors/connector.hpp"

namespace payweir {

class Alipay final : public Connector {
 public:
  [[nodiscard]] const Capabilities& capabilities() const override;

  // Pages and apps need no call: what the payer opens is signed here, and the order is made when they do. A
  // void begins with a query.
  [[nodiscard]] Step begin(const ConnectorRequest& request, const ConnectorContext& context) const override;
  [[nodiscard]] Step resume(const ConnectorRequest& request, const ConnectorContext& context,
                            const http::Response& answer) const override;

  // By our order number, and for a refund by our request number. A cancel that is not seen to have been
  // executed is sent once more: it is about the same order, and does nothing twice.
  [[nodiscard]] AskStep ask(const ConnectorRequest& request, const ConnectorContext& context) const override;
  [[nodiscard]] AskStep resume_ask(const ConnectorRequest& request, const ConnectorContext& context,
                                   int round, const http::Response& answer) const override;

  // An order is cancelled, and cannot be paid then. A refund that is not found a while after it could have
  // arrived was not executed: the query is consistent.
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
  [[nodiscard]] std::vector<CertificateTerm> certificates(const ConnectorContext& context) const override;

  [[nodiscard]] Result<http::Request> begin_statement(std::string_view day,
                                                      const ConnectorContext& context) const override;
  [[nodiscard]] Result<StatementSource> read_statement_answer(std::string_view day,
                                                              const ConnectorContext& context,
                                                              const http::Response& answer) const override;
};

}  // namespace payweir
