#include <gtest/gtest.h>

#include "connectors/wire/base_url.hpp"
#include "connectors/wire/nested_form.hpp"

namespace payweir::wire {
namespace {

TEST(NestedForm, WritesObjectsAndArraysWithBrackets) {
  NestedForm form;
  form.integer("amount", -5).boolean("confirm", true).boolean("submit", false).text("gone", "");
  form.open("metadata").text("order_id", "a b").close();
  form.open("line_items");
  form.open(form.next_index()).integer("quantity", 2);
  form.open("price_data").text("currency", "usd").close().close();
  form.open(form.next_index()).text("price", "price_1").close();
  form.close();
  EXPECT_EQ(std::move(form).take(),
            "amount=-5&confirm=true&submit=false&gone=&metadata[order_id]=a%20b&line_items[0][quantity]=2&"
            "line_items[0][price_data][currency]=usd&line_items[1][price]=price_1");
}

TEST(NestedForm, CountsTheElementsOfEachArrayByItself) {
  NestedForm form;
  form.open("a");
  form.open(form.next_index());
  form.text(form.next_index(), "x").text(form.next_index(), "y").close();
  form.text(form.next_index(), "z").close();
  EXPECT_EQ(std::move(form).take(), "a[0][0]=x&a[0][1]=y&a[1]=z");
}

TEST(NestedForm, LeavesOutEmptyOptionalTexts) {
  NestedForm form;
  form.text_if_any("a", "").text_if_any("b", "1");
  EXPECT_EQ(std::move(form).take(), "b=1");
}

TEST(BaseUrl, SplitsOriginAndPrefix) {
  EXPECT_EQ(split_base_url("https://api.stripe.com").origin, "https://api.stripe.com");
  EXPECT_EQ(split_base_url("https://api.stripe.com").path_prefix, "");
  EXPECT_EQ(split_base_url("http://127.0.0.1:9/sandbox/stripe").origin, "http://127.0.0.1:9");
  EXPECT_EQ(split_base_url("http://127.0.0.1:9/sandbox/stripe").path_prefix, "/sandbox/stripe");
  EXPECT_EQ(split_base_url("api.stripe.com/v1").origin, "api.stripe.com");
  EXPECT_EQ(split_base_url("api.stripe.com/v1").path_prefix, "/v1");
  EXPECT_EQ(split_base_url("h/v1").origin, "h");
}

}  // namespace
}  // namespace payweir::wire
