// GET /control/stripe/books: the books as JSON.
#include <algorithm>
#include <map>
#include <vector>

#include "base/json_writer.hpp"
#include "sandbox/stripe/control.hpp"

namespace payweir::sandbox::stripe {
namespace {

void write_accounts(json::Writer& out, const Books& books) {
  out.key("accounts").begin_array();
  for (const Account& account : books.accounts()) {
    out.begin_object().field("id", account.id).field("intents", account.intents).key("totals").begin_object();
    for (const auto& [code, totals] : account.totals) {
      out.key(code).begin_object().field("charges", totals.charges).field("declines", totals.declines);
      out.field("refunds", totals.refunds)
          .field("authorized", totals.authorized)
          .field("captured", totals.captured);
      out.field("released", totals.released).field("refunded", totals.refunded).end_object();
    }
    out.end_object().end_object();
  }
  out.end_array();
}

void write_charges(json::Writer& out, const Intent& intent) {
  out.key("charges").begin_array();
  for (std::size_t i = 0; i < intent.charges.size(); ++i) {
    const Charge& charge = intent.charges[i];
    out.begin_object().field("id", charge_id(intent, i + 1)).field("created", charge.created_ms / 1000);
    out.field("amount", charge.amount).field("captured", charge.captured).field("refunded", charge.refunded);
    out.field("open", charge.open).field("status", charge.paid() ? "succeeded" : "failed");
    out.text_or_null("failure_code", words(charge.failure).code).end_object();
  }
  out.end_array();
}

void write_refunds(json::Writer& out, const Intent& intent) {
  out.key("refunds").begin_array();
  for (std::size_t i = 0; i < intent.refunds.size(); ++i) {
    const Refund& refund = intent.refunds[i];
    out.begin_object().field("id", refund_id(intent, i + 1)).field("created", refund.created_ms / 1000);
    out.field("amount", refund.amount).field("status", to_string(refund.status));
    out.field("charge", charge_id(intent, refund.charge)).end_object();
  }
  out.end_array();
}

void write_intent(json::Writer& out, const Books& books, const Intent& intent) {
  std::int64_t captured = 0, refunded = 0;
  for (const Charge& charge : intent.charges) {
    captured += charge.captured;
    refunded += charge.refunded;
  }
  out.begin_object().field("id", intent_id(intent)).field("account", books.accounts()[intent.account].id);
  out.key("metadata").begin_object();
  intent.metadata.for_each([&](std::string_view key, std::string_view value) { out.field(key, value); });
  out.end_object().field("created", intent.created_ms / 1000).field("status", to_string(intent.status));
  out.field("amount", intent.amount).field("currency", lower_code(intent.currency));
  out.field("amount_received", intent.received()).field("captured", captured).field("refunded", refunded);
  write_charges(out, intent);
  write_refunds(out, intent);
  out.end_object();
}

}  // namespace

std::string render_books(const Books& books, const BooksQuery& query) {
  json::Writer out(4096);
  out.begin_object()
      .field("gateway", "stripe")
      .field("intent_count", static_cast<std::int64_t>(books.size()));
  write_accounts(out, books);
  // Of payments that were charged more than once; refunds do not take them off this list.
  out.key("repeated_references").begin_array();
  for (const std::string& reference : books.repeated_references())
    out.string(reference);
  out.end_array();
  if (query.summary) {
    out.end_object();
    return std::move(out).take();
  }

  std::vector<const Intent*> page;
  if (query.reference.empty()) {
    for (std::size_t i = query.from; i < books.size() && page.size() < query.limit; ++i)
      page.push_back(&books.at(static_cast<std::uint32_t>(i)));
  } else {
    books.visit_by_reference(query.reference, [&](const Intent& intent) {
      page.push_back(&intent);
      return page.size() < query.limit;
    });
  }
  std::map<std::string_view, ReferenceTotals> by_reference;
  out.key("intents").begin_array();
  for (const Intent* intent : page) {
    write_intent(out, books, *intent);
    if (const std::string_view reference = Books::reference_of(*intent); !reference.empty())
      if (const auto [at, is_new] = by_reference.try_emplace(reference); is_new)
        at->second = books.totals_of_reference(reference);
  }
  out.end_array().key("charges_by_reference").begin_object();
  for (const auto& [reference, totals] : by_reference) {
    out.key(reference).begin_object().field("charge_count", totals.charge_count);
    out.field("captured_minor", totals.captured).field("refunded_minor", totals.refunded);
    out.field("held_minor", totals.held).end_object();
  }
  const bool has_more = query.reference.empty() && !page.empty() && page.back()->number + 1 < books.size();
  out.end_object().field("has_more", has_more);
  out.text_or_null("next_after", has_more ? intent_id(*page.back()) : "").end_object();
  return std::move(out).take();
}

}  // namespace payweir::sandbox::stripe
