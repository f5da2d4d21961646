#pragma once
// Alipay as a gateway model: the gateway protocol 1.0 (RSA2) with QR, JSAPI, barcode, page, WAP and app
// payments, refunds, notifications and trade bills. The sandbox's README says what is modelled.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/alipay/call.hpp"
#include "sandbox/alipay/routes.hpp"
#include "sandbox/gateway_model.hpp"
#include "sandbox/wire_faults.hpp"

namespace payweir::sandbox::alipay {

class AlipayModel final : public GatewayModel {
 public:
  AlipayModel();

  [[nodiscard]] std::string_view name() const override { return "alipay"; }
  void set_public_url(std::string url) override { state_.public_url = std::move(url); }
  [[nodiscard]] Reaction handle(const http::Request& request, Instant now, Draws& draws) override;
  [[nodiscard]] Reaction control(const http::Request& request, Instant now, Draws& draws) override;
  [[nodiscard]] std::vector<Callback> advance(Instant now, Draws& draws) override;
  [[nodiscard]] std::optional<Instant> next_due() const override { return state_.due.next(); }
  [[nodiscard]] std::string books() const override;
  void reset() override;

  // For an owner in the same process, such as the simulator: the same as through control().
  [[nodiscard]] FaultPlan& faults() { return faults_; }
  [[nodiscard]] const State& state() const { return state_; }

 private:
  struct Request;  // one request of the API, authenticated and routed
  [[nodiscard]] Reaction serve(const http::Request& request, Instant now, Draws& draws);
  // A late one was received before, and a fault held it back.
  [[nodiscard]] Reaction serve_api(const http::Request& request, Instant now, Draws& draws, bool is_late);
  [[nodiscard]] http::Response execute(const Request& request, const std::optional<Fault>& fault, Instant now,
                                       Draws& draws);
  // The callbacks that it caused, and the time that its answer takes for their sake.
  void complete(Reaction& reaction, Instant now, Draws& draws);
  void happen(const orders::Due& due, Draws& draws);

  State state_;
  FaultPlan faults_;
};

}  // namespace payweir::sandbox::alipay
