import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestSystem } from "../integration/system.ts";
import { chromiumTimeoutMs, startChromium } from "../kit/chromium.ts";

/** Milliseconds after which what the page was asked for will never come, also on a busy machine. */
const patience = 60_000;

/** The page, used as a person uses it. Skipped, and says so, where there is no Chromium. */
export function pageUsed(systemOf: () => TestSystem): void {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await startChromium();
  }, chromiumTimeoutMs);
  afterAll(() => browser?.close());

  test("a patient books on the page, and is refused another's appointments", { timeout: 240_000 }, async ({ skip }) => {
    if (browser === undefined) return skip("no Chromium");
    const { url, state } = systemOf();
    const page = await browser.newPage({ viewport: { width: 1200, height: 1000 } });
    page.setDefaultTimeout(patience);
    const said: string[] = [];
    page.on("console", (message) => {
      // What the API refuses is an error to a browser too.
      if (message.type() === "error" && !/status of 404/.test(message.text())) said.push(message.text());
    });
    page.on("pageerror", (error) => said.push(String(error)));
    const elsewhere: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith("data:")) elsewhere.push(request.url());
    });

    await page.goto(`${url}/docs`);
    await authorize(page, state.tokens.patient ?? "");
    await open(page, "bookAppointment");
    const booked = await execute(page, "bookAppointment");
    expect(booked).toMatchObject({ status: "202", body: expect.stringContaining('"insuredId": "00042"') });
    await open(page, "listAppointments");
    await operation(page, "listAppointments").locator('[data-param-name="insuredId"] input').fill("00043");
    const refused = await execute(page, "listAppointments");
    expect(refused).toMatchObject({ status: "404", body: expect.stringContaining("insured_not_found") });

    // The page's own policy forbids nothing that it does.
    expect(said).toEqual([]);
    expect(elsewhere).toEqual([]);
    const { SCREENSHOT } = process.env;
    if (SCREENSHOT !== undefined) await page.screenshot({ path: SCREENSHOT });
  });
}

async function authorize(page: Page, token: string): Promise<void> {
  await page.locator(".btn.authorize").click();
  await page.locator(".auth-container input").fill(token);
  await page.locator(".auth-btn-wrapper .authorize").click();
  await page.locator(".auth-btn-wrapper .btn-done").click();
}

const operation = (page: Page, id: string) => page.locator(`.opblock[id$="-${id}"]`);

async function open(page: Page, id: string): Promise<void> {
  await operation(page, id).locator(".opblock-summary-control").click();
  await operation(page, id).locator(".try-out__btn").click();
}

async function execute(page: Page, id: string) {
  await operation(page, id).locator(".execute").click();
  const answer = operation(page, id).locator(".live-responses-table tbody tr").first();
  const [status] = /\d{3}/.exec((await answer.locator(".response-col_status").textContent()) ?? "") ?? [];
  return { status, body: await answer.locator(".highlight-code").first().textContent() };
}
