#pragma once
// Stripe as a gateway model: API version 2023-08-16 as far as cards, redirects and refunds go, with its
// idempotency, webhooks and test cards. README.md beside it says what is modelled and what is not.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/faults.hpp"
#include "sandbox/gateway_model.hpp"
#include "sandbox/stripe/call.hpp"

namespace payweir::sandbox::stripe {

class StripeModel final : public GatewayModel {
 public:
  // `fingerprint_key`: any bytes, other ones in each process; parameters are remembered under it, by hash.
  explicit StripeModel(std::string fingerprint_key);

  [[nodiscard]] std::string_view name() const override { return "stripe"; }
  void set_public_url(std::string url) override { state_.renderer.public_url = std::move(url); }
  [[nodiscard]] Reaction handle(const http::Request& request, Instant now, Draws& draws) override;
  [[nodiscard]] Reaction control(const http::Request& request, Instant now, Draws& draws) override;
  [[nodiscard]] std::vector<Callback> advance(Instant now, Draws& draws) override;
  [[nodiscard]] std::optional<Instant> next_due() const override;
  [[nodiscard]] std::string books() const override;
  void reset() override;

  // For an owner in the same process, such as the simulator: the same as through control().
  [[nodiscard]] FaultPlan& faults() { return faults_; }
  [[nodiscard]] const State& state() const { return state_; }

 private:
  struct Request;  // one request of the API, authenticated and routed
  struct Settled;  // what it is answered with, before a fault has its way with that

  [[nodiscard]] Reaction serve_api(const http::Request& request, Instant now, Draws& draws);
  [[nodiscard]] Reaction serve_page(const http::Request& request, Instant now, Draws& draws);
  // Routes and decodes it, or says what is wrong.
  [[nodiscard]] Parsed<Request> accept(const http::Request& request, std::string id);
  // What a fault makes of it before anything is executed; nullopt when it is executed all the same.
  [[nodiscard]] std::optional<Reaction> forestall(const Request& request, const Fault& fault, Instant now);
  // From the log of idempotency, or by executing it.
  [[nodiscard]] Settled settle(const Request& request, const std::optional<Fault>& fault, Instant now,
                               Draws& draws);
  [[nodiscard]] std::optional<Settled> recall(const Request& request, const KeptAnswer& kept,
                                              std::uint64_t fingerprint, Instant now) const;
  [[nodiscard]] std::uint64_t fingerprint(const Request& request) const;
  void happen(const Due& due, Draws& draws);
  void execute_held(std::uint64_t sequence, Instant at, Draws& draws);

  const std::string fingerprint_key_;
  State state_;
  FaultPlan faults_;
};

}  // namespace payweir::sandbox::stripe
