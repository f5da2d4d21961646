#include <charconv>
#include <map>
#include <utility>

#include "base/form.hpp"
#include "base/json_writer.hpp"
#include "sandbox/orders/order_books.hpp"

namespace payweir::sandbox::orders {
namespace {

void write_accounts(json::Writer& out, const OrderBooks& books) {
  out.key("accounts").begin_array();
  for (const Account& account : books.accounts()) {
    out.begin_object().field("id", account.id).field("orders", account.orders).key("totals").begin_object();
    if (account.totals.charges > 0) {
      const Totals& totals = account.totals;
      out.key("CNY").begin_object().field("charges", totals.charges).field("refunds", totals.refunds);
      out.field("captured", totals.captured).field("refunded", totals.refunded).end_object();
    }
    out.end_object().end_object();
  }
  out.end_array();
}

void write_order(json::Writer& out, const OrderBooks& books, const Order& order) {
  out.begin_object().field("number", static_cast<std::int64_t>(order.number));
  out.field("account", books.accounts()[order.account].id).field("out_trade_no", order.out_trade_no);
  out.text_or_null("transaction_no", order.transaction_no).field("reference", order.reference);
  out.field("channel", to_string(order.channel)).field("state", to_string(order.state));
  out.field("created", order.created_ms / 1000).field("amount", order.amount).field("currency", "CNY");
  out.field("charge_count", static_cast<std::int64_t>(order.charge_count));
  out.field("captured", order.amount * order.charge_count).field("refunded", order.refunded);
  out.text_or_null("attach", order.attach).key("refunds").begin_array();
  for (const OrderRefund& refund : order.refunds) {
    out.begin_object().field("request_no", refund.request_no).field("created", refund.created_ms / 1000);
    out.field("amount", refund.amount).field("status", to_string(refund.state)).end_object();
  }
  out.end_array().end_object();
}

std::vector<const Order*> page_of(const OrderBooks& books, const BooksQuery& query) {
  std::vector<const Order*> page;
  if (query.reference.empty()) {
    for (std::size_t i = query.from; i < books.size() && page.size() < query.limit; ++i)
      page.push_back(&books.at(static_cast<std::uint32_t>(i)));
  } else {
    books.visit_by_reference(query.reference, [&](const Order& order) {
      if (page.size() < query.limit) page.push_back(&order);
    });
  }
  return page;
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

Result<BooksQuery> read_books_query(std::string_view text) {
  const auto pairs = form::decode(text);
  if (!pairs) return std::unexpected(pairs.error());
  BooksQuery query;
  for (const auto& [name, value] : *pairs) {
    if (name == "summary") {
      query.summary = value == "true";
    } else if (name == "limit") {
      if (!read_number(value, query.limit) || query.limit < 1 || query.limit > BooksQuery::kLimitMax)
        return fail(Code::invalid_value, "limit", "1 to 10000");
    } else if (name == "after") {
      if (!read_number(value, query.from) || query.from >= OrderBooks::kOrdersMax)
        return fail(Code::invalid_value, "after", "no such order");
      ++query.from;
    } else if (name == "reference") {
      query.reference = value;
    } else {
      return fail(Code::invalid_value, name, "no such parameter");
    }
  }
  return query;
}

std::string render_books(std::string_view gateway, const OrderBooks& books, const BooksQuery& query) {
  json::Writer out(4096);
  out.begin_object().field("gateway", gateway);
  out.field("order_count", static_cast<std::int64_t>(books.size()));
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
  const std::vector<const Order*> page = page_of(books, query);
  std::map<std::string_view, ReferenceTotals> by_reference;
  out.key("orders").begin_array();
  for (const Order* order : page) {
    write_order(out, books, *order);
    if (const auto [at, is_new] = by_reference.try_emplace(order->reference); is_new)
      at->second = books.totals_of_reference(order->reference);
  }
  out.end_array().key("charges_by_reference").begin_object();
  for (const auto& [reference, totals] : by_reference) {
    out.key(reference).begin_object().field("charge_count", totals.charge_count);
    out.field("captured_minor", totals.captured).field("refunded_minor", totals.refunded);
    out.field("held_minor", 0).end_object();
  }
  const bool has_more = query.reference.empty() && !page.empty() && page.back()->number + 1 < books.size();
  out.end_object().field("has_more", has_more).key("next_after");
  has_more ? out.integer(page.back()->number) : out.null();
  out.end_object();
  return std::move(out).take();
}

}  // namespace payweir::sandbox::orders
