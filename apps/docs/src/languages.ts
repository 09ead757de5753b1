/** What the site says around the pages, in each of its languages. */
import { join } from "node:path";
import type { DefaultTheme, LocaleConfig } from "vitepress";
import { referenceSidebar, sidebar } from "./sidebar.ts";

type Locale = LocaleConfig<DefaultTheme.Config>[string];

/** English is at the root of the site. */
export const english = {
  /** Labels, navigation and the sidebar of all pages. */
  locale: (docs: string): Locale => ({
    label: "English",
    lang: "en",
    description: "Realtime events between browsers and servers, in TypeScript.",
    themeConfig: {
      nav: [
        { text: "Tutorial", link: "/tutorial" },
        { text: "Emit cheatsheet", link: "/emit-cheatsheet" },
        { text: "Contracts", link: "/contracts" },
        { text: "API", link: "/api" },
        { text: "Errors", link: "/errors" },
      ],
      outline: { level: [2, 3] },
      sidebar: {
        "/reference/": referenceSidebar(join(docs, "reference"), "/reference/"),
        "/": sidebar(
          docs,
          "/",
          [
            { text: "Start", pages: ["tutorial", "migration", "differences"] },
            {
              text: "Guides",
              pages: [
                ...["emit-cheatsheet", "rooms", "acknowledgements", "binary", "namespaces", "middleware"],
                ...["contracts", "recovery", "backpressure", "testing"],
              ],
            },
            {
              text: "In production",
              pages: ["deployment", "adapters", "cluster", "security", "performance"],
            },
            { text: "With others", pages: ["frameworks", "bundlers", "react"] },
            {
              text: "Reference",
              pages: ["api", "guarantees", "errors", "conformance", "wire", "architecture"],
            },
          ],
          "More",
        ),
      },
    },
  }),
};

/** Turkish is below `/tr/`. */
export const turkish = {
  /** Labels, navigation and the sidebar of the pages that exist in Turkish; the others are linked in English. */
  locale: (docs: string): Locale => ({
    label: "Türkçe",
    lang: "tr",
    description: "Tarayıcılarla sunucular arasında gerçek zamanlı olaylar, TypeScript ile.",
    themeConfig: {
      nav: [
        { text: "On adımda bir sohbet", link: "/tr/tutorial" },
        { text: "API", link: "/tr/api" },
        { text: "English", link: "/" },
      ],
      outline: { level: [2, 3], label: "Bu sayfada" },
      docFooter: { prev: "Önceki sayfa", next: "Sonraki sayfa" },
      darkModeSwitchLabel: "Görünüm",
      lightModeSwitchTitle: "Açık temaya geç",
      darkModeSwitchTitle: "Koyu temaya geç",
      sidebarMenuLabel: "Menü",
      returnToTopLabel: "Başa dön",
      langMenuLabel: "Dili değiştir",
      skipToContentLabel: "İçeriğe geç",
      sidebar: sidebar(
        join(docs, "tr"),
        "/tr/",
        [{ text: "Başlangıç", pages: ["tutorial", "api"] }],
        "Diğer sayfalar",
      ),
    },
  }),
  /** The texts of the search box. */
  search: {
    locales: {
      tr: {
        translations: {
          button: { buttonText: "Ara", buttonAriaLabel: "Ara" },
          modal: {
            noResultsText: "Sonuç yok:",
            resetButtonTitle: "Temizle",
            displayDetails: "Ayrıntıları göster",
            backButtonTitle: "Aramayı kapat",
            footer: {
              selectText: "seç",
              navigateText: "gez",
              closeText: "kapat",
            },
          },
        },
      },
    },
  } satisfies DefaultTheme.LocalSearchOptions,
};
