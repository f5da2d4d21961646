#pragma once
// The objects of the books as the JSON of API version 2023-08-16 (shapes: Stripe's OpenAPI document and
// fixtures). Functions of the books alone, so that an answer can be made again byte for byte.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_writer.hpp"
#include "sandbox/stripe/books.hpp"
#include "sandbox/stripe/params.hpp"

namespace payweir::sandbox::stripe {

// Which references the caller wants as objects: expand[]=latest_charge. In lists: data.latest_charge.
enum Expand : std::uint8_t {
  kExpandNothing = 0,
  kExpandLatestCharge = 1,
  kExpandBalanceTransaction = 2,  // of the charge
  kExpandPaymentMethod = 4,
  kExpandCharge = 8,          // of a refund
  kExpandPaymentIntent = 16,  // of a charge or refund
};
[[nodiscard]] std::uint8_t read_expand(const Params& params);

struct Renderer {
  std::string public_url;  // of the modelled gateway: where its pages are

  void write_intent(json::Writer& out, const Intent& intent, std::uint8_t expand) const;
  void write_charge(json::Writer& out, const Intent& intent, std::size_t ordinal, std::uint8_t expand) const;
  void write_refund(json::Writer& out, const Intent& intent, std::size_t ordinal, std::uint8_t expand) const;
  void write_payment_method(json::Writer& out, const Intent& intent, const Method& method) const;

  [[nodiscard]] std::string intent(const Intent& intent, std::uint8_t expand = kExpandNothing) const;
  [[nodiscard]] std::string charge(const Intent& intent, std::size_t ordinal, std::uint8_t expand = 0) const;
  [[nodiscard]] std::string refund(const Intent& intent, std::size_t ordinal, std::uint8_t expand = 0) const;
  // The 402 that a decline is answered with.
  [[nodiscard]] std::string declined(const Intent& intent, std::uint8_t expand) const;
  // Where the payer is sent to.
  [[nodiscard]] std::string challenge_url(const Intent& intent) const;

 private:
  void write_next_action(json::Writer& out, const Intent& intent) const;
  void write_last_error(json::Writer& out, const Intent& intent) const;
};

// "txn_" and the like for what the intent owns.
[[nodiscard]] ObjectId id_of(const Intent& intent, std::size_t ordinal);
[[nodiscard]] std::string intent_id(const Intent& intent);
[[nodiscard]] std::string charge_id(const Intent& intent, std::size_t ordinal);
[[nodiscard]] std::string refund_id(const Intent& intent, std::size_t ordinal);
[[nodiscard]] std::string method_id(const Intent& intent, const Method& method);
// "usd"
[[nodiscard]] std::string lower_code(Currency currency);

void write_pairs(json::Writer& out, std::string_view name, const PackedPairs& pairs);

// {"object":"list",…}: write(out) adds the elements.
template <class Write>
[[nodiscard]] std::string render_list(std::string_view url, bool has_more, Write write) {
  json::Writer out(1024);
  out.begin_object().field("object", "list").key("data").begin_array();
  write(out);
  out.end_array().field("has_more", has_more).field("url", url).end_object();
  return std::move(out).take();
}

}  // namespace payweir::sandbox::stripe
