import { registry } from "@web/core/registry";

const row = (text) =>
    `.o_data_row:contains('${text}'), .o_kanban_record:contains('${text}')`;
const within = (text, button) =>
    `.o_data_row:contains('${text}') button[name='${button}'], .o_kanban_record:contains('${text}') button[name='${button}']`;
const open = [
    {
        content: "What is due, and what is suggested, stand unfolded",
        trigger: row("Ask for the drawings"),
    },
];

// An activity is done with a word, a suggestion is followed up, another isn't useful. No
// step reads a label: the same in each language, and on a phone.
registry.category("web_tour.tours").add("multicurrency_crm_today", {
    steps: () => [
        ...open,
        {
            trigger: within("Ask for the drawings", "action_done"),
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='feedback'] textarea",
            run: "edit Drawings are on their way",
        },
        {
            trigger: ".modal button[name='action_apply']",
            run: "click",
        },
        {
            content: "It is gone",
            trigger:
                "body:not(:has(.modal)):not(:has(.o_data_row:contains('Ask for the drawings'))):not(:has(.o_kanban_record:contains('Ask for the drawings')))",
        },
        {
            content: "A quotation that waits too long is followed up",
            trigger: within("90", "action_do"),
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='outcome'] input[data-value='later']",
            run: "click",
        },
        {
            trigger: ".modal button[name='action_apply']",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
        {
            content: "What is no help is let go of",
            trigger: within("90", "action_useless"),
            run: "click",
        },
        {
            trigger: ".o_view_nocontent, .o_nocontent_help",
        },
    ],
});
