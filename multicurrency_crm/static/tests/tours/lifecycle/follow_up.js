import { registry } from "@web/core/registry";

// A chat with a contact is opened, what was said there is noted, and the customer's
// timeline has it. The same steps on a phone.
registry.category("web_tour.tours").add("multicurrency_crm_follow_up", {
    steps: () => [
        {
            content: "WhatsApp opens at the contact's number",
            trigger: ".o_field_widget[name='chat_whatsapp'] a[href='https://wa.me/491701234567'][target='_blank']",
            run() {
                this.anchor.addEventListener("click", (event) => event.preventDefault());
                this.anchor.click();
            },
        },
        {
            content: "What was said is to be noted",
            trigger: ".o_notification button:contains('Note a Follow-up')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='contact_id'] input:value('Anna')",
        },
        {
            trigger: ".modal .o_field_widget[name='kind'] select:has(option:checked:contains('WhatsApp')), .modal .o_field_widget[name='kind'] input:value('WhatsApp')",
        },
        {
            trigger: ".modal .o_field_widget[name='outcome'] .o_radio_item:contains('Wants Samples') input",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='note'] textarea",
            run: "edit Two of each by air",
        },
        {
            trigger: ".modal button[name='action_apply']",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
        {
            content: "A name that a browser can't open is copied",
            trigger: ".o_field_widget[name='chat_wechat'] .o_multicurrency_chat_copy",
        },
    ],
});

// From the customer's form to the timeline, and from there to the document.
registry.category("web_tour.tours").add("multicurrency_crm_timeline", {
    steps: () => [
        {
            trigger: "button[name='action_open_timeline'], .o_button_more",
            run() {
                this.anchor.click();
            },
        },
        {
            trigger: ".o_data_row:contains('Two of each by air'), .o_kanban_record:contains('Two of each by air'), .o_button_more.show ~ * button[name='action_open_timeline'], .o-dropdown--menu button[name='action_open_timeline']",
            run() {
                if (this.anchor.matches("button")) {
                    this.anchor.click();
                }
            },
        },
        {
            content: "It is there with how it was said",
            trigger: ".o_data_row:contains('Two of each by air'):contains('WhatsApp') td[name='text'], .o_kanban_record:contains('Two of each by air')",
            run: "click",
        },
        {
            content: "A click opens the contact on which it was noted",
            trigger: ".o_form_view .o_field_widget[name='chat_whatsapp']",
        },
    ],
});
